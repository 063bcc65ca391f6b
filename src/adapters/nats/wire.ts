import type { Msg, NatsConnection } from 'nats';
import { createInbox, ErrorCode, NatsError } from 'nats';

/** A connection as the consumers of one process use it: what they send in one turn of the event loop goes out together. */
export interface Wire {
  send(subject: string, payload: string, reply: string): void;
  /**
   * Sends, and resolves to the answer.
   *
   * @throws NatsError when none has come in time, or nobody is there
   */
  request(subject: string, payload: string, withinMs: number): Promise<Msg>;
}

/** Of an answer that nobody has given: https://github.com/nats-io/nats-architecture-and-design, ADR-4. */
const NO_RESPONDERS = 503;

/**
 * Under load many events are done with in one turn: their acknowledgements go out in one write to the socket. The client's
 * own `request()` writes each by itself and makes an error with its stack for each, in case it will be needed; the two were
 * a fifth of the bridge's processor time.
 */
export function createWire(connection: NatsConnection): Wire {
  const inbox = createInbox();
  const waiting = new Map<string, (answer: Msg | NatsError) => void>();
  let batch: [subject: string, payload: string, reply: string][] = [];
  let requests = 0;

  connection.subscribe(`${inbox}.*`, {
    callback: (_, message) => waiting.get(message.subject)?.(message),
  });

  function flush(): void {
    const sending = batch;
    batch = [];
    for (const [subject, payload, reply] of sending) {
      try {
        connection.publish(subject, payload, { reply });
      } catch {
        // The connection is closed: whoever waits for the answer hears nothing, and knows what that means.
      }
    }
  }

  function send(...message: (typeof batch)[number]): void {
    if (batch.push(message) === 1) setImmediate(flush);
  }

  return {
    send,
    request: async (subject, payload, withinMs) => {
      const reply = `${inbox}.${++requests}`;
      send(subject, payload, reply);
      const answer = await new Promise<Msg | NatsError>((resolve) => {
        const silent = setTimeout(() => resolve(new NatsError('no answer', ErrorCode.Timeout)), withinMs);
        waiting.set(reply, (answered) => {
          clearTimeout(silent);
          resolve(answered);
        });
      });
      waiting.delete(reply);
      if (answer instanceof NatsError) throw answer;
      if (answer.headers?.code === NO_RESPONDERS)
        throw new NatsError('nobody is there', ErrorCode.NoResponders);
      return answer;
    },
  };
}
