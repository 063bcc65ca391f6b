import type { JetStreamManager } from 'nats';
import { NatsError } from 'nats';

/** Removes all messages of a stream that denies a purge. */
export async function emptyStream(manager: JetStreamManager, stream: string): Promise<void> {
  const { state } = await manager.streams.info(stream);
  for (let sequence = state.first_seq; sequence <= state.last_seq; sequence++) {
    await manager.streams.deleteMessage(stream, sequence, false).catch((error: unknown) => {
      // A gap: the message was removed before.
      if (!(error instanceof NatsError && error.api_error)) throw error;
    });
  }
}
