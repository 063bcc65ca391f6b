import type { StoredMessage, StreamReader } from '../../../../src/contracts';
import type { Pause } from '../../../../src/switches';
import { createRouteStore, PauseConflictError, readPausedRoutes } from '../../../../src/switches';

const NOW = new Date('2026-01-01T12:00:00Z');
const pause = (name: string, changes: Partial<Pause> = {}): Pause => ({
  ...{ kind: 'route', name, by: 'ada', why: 'because' },
  ...{ since: '2026-01-01T11:00:00.000Z', until: '2026-01-01T13:00:00.000Z' },
  ...changes,
});

/** A stream in memory, which takes a message only behind the one that its writer knows. */
function stream() {
  const messages: Pick<StoredMessage, 'sequence' | 'subject' | 'body'>[] = [];
  const last = (subject: string) => messages.findLast((message) => message.subject === subject);
  const operations = {
    last: (subject: string) => Promise.resolve(last(subject)),
  } as unknown as StreamReader;
  const append = (subject: string, body: Uint8Array, expectedLast: number) => {
    if ((last(subject)?.sequence ?? 0) !== expectedLast) return Promise.resolve(false);
    messages.push({ subject, body, sequence: messages.length + 7 });
    return Promise.resolve(true);
  };
  return { operations, append, messages };
}

test('two operators who pause at the same moment: neither pause is lost', async () => {
  const { operations, append } = stream();
  const store = createRouteStore({ operations, append, clock: () => NOW });
  await Promise.all([store.put(pause('order')), store.put(pause('demand')), store.put(pause('returns'))]);
  const names = (await readPausedRoutes(operations)).map(({ kind, name }) => `${kind} ${name}`);
  expect(names.sort()).toEqual(['route demand', 'route order', 'route returns']);
});

test('a pause replaces the one of its route; a resumed one and expired ones are gone', async () => {
  const { operations, append } = stream();
  const store = createRouteStore({ operations, append, clock: () => NOW });
  await store.put(pause('old', { until: '2026-01-01T12:00:00.000Z' }));
  await store.put(pause('order'));
  await store.put(pause('order', { by: 'bob' }));
  expect(await store.list()).toEqual([pause('order', { by: 'bob' })]);
  await store.remove('order', 'bob');
  expect(await store.list()).toEqual([]);
});

test('whoever never gets through is refused, and has changed nothing', async () => {
  const { operations, messages } = stream();
  const store = createRouteStore({ operations, append: () => Promise.resolve(false), clock: () => NOW });
  await expect(store.put(pause('order'))).rejects.toThrow(PauseConflictError);
  expect(messages).toEqual([]);
});

test('a message that cannot be read is an error, never "nothing is paused"', async () => {
  const { operations, append } = stream();
  await append('ops.switches.routes', new TextEncoder().encode('{"paused":[{"name":"order"}]}'), 0);
  await expect(readPausedRoutes(operations)).rejects.toThrow();
});
