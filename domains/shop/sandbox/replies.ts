import type { FastifyReply } from 'fastify';
import type { Answer } from './decision';
import type { KeyedAnswer } from './idempotency';
import type { Store } from './store';

/** How answers go out. Nothing is shown before it is on the disk. */
export interface Replies {
  /** A view of the state, taken at once. */
  show(reply: FastifyReply, answer: Answer): Promise<FastifyReply>;
  /** The answer to a keyed call, or its trouble on the way. */
  deliver(reply: FastifyReply, answer: KeyedAnswer): Promise<FastifyReply>;
}

// Valid up to where it stops.
const HALF_A_JSON = '{"id":"pay_';

/** `hang` resolves when a call whose answer is lost has hung long enough. */
export function createReplies(store: Store, hang: () => Promise<void>): Replies {
  return {
    show: async (reply, answer) => {
      await store.durable();
      return reply.status(answer.status).send(answer.body);
    },
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
