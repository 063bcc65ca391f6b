import type { FastifyReply } from 'fastify';
import type { Answer } from './decision';
import type { KeyedAnswer } from './idempotency';

/** How answers are sent. */
export interface Replies {
  /** Sends a view of the state. */
  show(reply: FastifyReply, answer: Answer): FastifyReply;
  /** Sends the answer to a keyed call, or simulates its fault. */
  deliver(reply: FastifyReply, answer: KeyedAnswer): Promise<FastifyReply>;
}

// Valid JSON up to the point where it breaks off.
const HALF_A_JSON = '{"id":"pay_';

/** `hang` resolves when a call whose answer is lost has hung long enough. */
export function createReplies(hang: () => Promise<void>): Replies {
  return {
    show: (reply, answer) => reply.status(answer.status).send(answer.body),
    deliver: async (reply, answer) => {
      if (answer.fault === 'lost') {
        await hang();
        reply.hijack();
        reply.raw.destroy();
        return reply;
      }
      if (answer.fault === 'garbled') return reply.status(200).type('application/json').send(HALF_A_JSON);
      if (answer.replayed) reply.header('Idempotent-Replayed', 'true');
      return reply.status(answer.status).send(answer.body);
    },
  };
}
