import fastify from 'fastify';
import { createIdempotency, type KeyedCall } from '../../../../domains/shop/sandbox/idempotency';
import type { Journal } from '../../../../domains/shop/sandbox/journal';
import { createReplies } from '../../../../domains/shop/sandbox/replies';
import { systemSources } from '../../../../domains/shop/sandbox/sources';
import { createStore } from '../../../../domains/shop/sandbox/store';

/** A journal whose disk finishes, or fails, when told. */
function journalOnHold() {
  let finish: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const disk = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  disk.catch(() => undefined);
  const journal: Journal = {
    lines: [],
    append: () => disk,
    note: () => undefined,
    flushed: () => disk,
    close: () => Promise.resolve(),
  };
  return { journal, finish, fail: () => fail(new Error('the disk is full')) };
}

const call: KeyedCall = {
  provider: 'payment-provider',
  key: 'k',
  content: [],
  decide: () => ({
    kind: 'settled',
    answer: { status: 201, body: {} },
    facts: [{ kind: 'plan-done', id: 'p' }],
  }),
};

test('an effect is answered, and told to others, when it is on the disk', async () => {
  const { journal, finish } = journalOnHold();
  const store = createStore(journal);
  const seen: string[] = [];
  store.onDurable((fact) => seen.push(fact.kind));
  const answer = createIdempotency({ store, sources: systemSources })
    .oncePerKey(call)
    .then(() => seen.push('answered'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual([]);
  finish();
  await answer;
  expect(seen).toEqual(['plan-done', 'answer-kept', 'answered']);
});

test('a view of the state waits for the disk too', async () => {
  const { journal, finish } = journalOnHold();
  const replies = createReplies(createStore(journal), () => Promise.resolve());
  const app = fastify();
  app.get('/', (_request, reply) => replies.show(reply, { status: 200, body: {} }));
  const shown = jest.fn();
  const view = app.inject('/').then(shown);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(shown).not.toHaveBeenCalled();
  finish();
  await view;
  expect(shown).toHaveBeenCalled();
});

test('an answer that the disk refused is not given to the repeat either', async () => {
  const { journal, fail } = journalOnHold();
  const { oncePerKey } = createIdempotency({ store: createStore(journal), sources: systemSources });
  fail();
  await expect(oncePerKey(call)).rejects.toThrow('the disk is full');
  await expect(oncePerKey(call)).rejects.toThrow('the disk is full');
});
