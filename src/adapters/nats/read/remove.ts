import type { NatsConnection } from 'nats';
import { NatsError } from 'nats';

/** JetStream's error codes for a message that is not there any more. */
const GONE: ReadonlySet<number> = new Set([10_037, 10_043]);

export type RemoveMessage = (stream: string, sequence: number) => Promise<void>;

/** Removes one message of a stream; harmless if it is already gone. */
export function createRemover(connection: NatsConnection): RemoveMessage {
  return async (stream, sequence) => {
    const manager = await connection.jetstreamManager();
    try {
      await manager.streams.deleteMessage(stream, sequence, false);
    } catch (error) {
      if (!(error instanceof NatsError && GONE.has(error.api_error?.err_code ?? 0))) throw error;
    }
  };
}
