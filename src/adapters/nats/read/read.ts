import type { JetStreamManager, NatsConnection, StoredMsg } from 'nats';
import { NatsError } from 'nats';
import type { StoredMessage, StreamReader } from '../../../contracts';
import { headersOf } from '../consume/delivery';

/** JetStream's error code for a message that does not exist. */
export const NO_MESSAGE = 10_037;

/** Reads a stream one message at a time, without a consumer, so that no consumer's position moves. */
export async function createStreamReader(connection: NatsConnection, stream: string): Promise<StreamReader> {
  const manager = await connection.jetstreamManager();
  return {
    stream,
    bounds: async () => {
      const { state } = await manager.streams.info(stream);
      return { first: state.first_seq, last: state.last_seq };
    },
    // The client's types lack the server's `next_by_subj` (JetStream API, STREAM.MSG.GET), which takes wildcards, too.
    next: (subjects, from) => get(manager, stream, { seq: from, next_by_subj: subjects }),
    last: (subject) => get(manager, stream, { last_by_subj: subject }),
  };
}

async function get(
  manager: JetStreamManager,
  stream: string,
  query: Parameters<JetStreamManager['streams']['getMessage']>[1] & { next_by_subj?: string },
): Promise<StoredMessage | undefined> {
  try {
    return storedMessage(stream, await manager.streams.getMessage(stream, query));
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return undefined;
    throw error;
  }
}

export function storedMessage(stream: string, message: StoredMsg): StoredMessage {
  return {
    stream,
    sequence: message.seq,
    subject: message.subject,
    headers: headersOf(message),
    body: message.data,
    storedAt: message.time,
  };
}
