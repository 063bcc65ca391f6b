// Whatever the deliveries go through, in any order that the stream allows: the end is that of the run without faults.
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Answer, Workflows } from '../../../../src/bridge';
import type { Delivery } from '../../../../src/delivery';
import { createBridge } from '../../../../src/bridge';
import type { DomainEvent } from '../../../../src/contracts';
import { createCatalogue, identityOf } from '../../../../src/contracts';
import {
  answered,
  fakeDeadLetters,
  fakePoisonMarks,
  rememberingMetrics,
  unavailable,
} from '../../../support/fakes/bridge';
import { journalDomain } from '../../../support/journal/domain';
import { asideEvent, closedEvent, notedEvent } from '../../../support/journal/events';
import { silentLog } from '../../../support/log';

const RUNS = 400;
const BRIDGES = 3;

/** What happens to one delivery. */
type Reaction =
  | { readonly kind: 'well' }
  /** Temporal is away so many times before it takes the event; `after`: it has taken it, and its answer is lost. */
  | { readonly kind: 'away'; readonly times: number; readonly after: boolean }
  /** The server hears no acknowledgement, though Temporal has the event. */
  | { readonly kind: 'killed before the ack' }
  | { readonly kind: 'killed before dispatch' }
  /** The bridge sleeps longer than `ack_wait`, and goes on when so many more deliveries have been handled. */
  | { readonly kind: 'stopped'; readonly wakesAfter: number }
  | { readonly kind: 'released' };

const reaction: fc.Arbitrary<Reaction> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'well' } as const) },
  fc.record({
    kind: fc.constant('away' as const),
    times: fc.integer({ min: 1, max: 4 }),
    after: fc.boolean(),
  }),
  fc.constant({ kind: 'killed before the ack' } as const),
  fc.constant({ kind: 'killed before dispatch' } as const),
  fc.record({ kind: fc.constant('stopped' as const), wakesAfter: fc.integer({ min: 0, max: 6 }) }),
  fc.constant({ kind: 'released' } as const),
);

type Kind = 'noted' | 'aside' | 'closed' | 'malformed';
interface Published {
  readonly kind: Kind;
  readonly key: string;
  readonly id: number;
}

const published: fc.Arbitrary<Published> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('noted' as const) },
    fc.constantFrom('aside' as const, 'closed' as const, 'malformed' as const),
  ),
  key: fc.constantFrom('one', 'other'),
  // Few ids: repeats are frequent.
  id: fc.integer({ min: 0, max: 5 }),
});

interface Outcome {
  /** By workflow: the ids that were applied, in their order. */
  readonly applied: Readonly<Record<string, readonly string[]>>;
  readonly closed: readonly string[];
  /** Without repetition, as the stream of dead letters stores them. */
  readonly deadLetters: readonly string[];
}

/** Temporal, with workflows that keep their inbox as `src/saga/receive-events.ts` does: each identity once. */
function modelOfTemporal() {
  const workflows = new Map<string, { seen: Set<string>; applied: string[]; open: boolean }>();
  const answers: ((event: DomainEvent) => 'refuse' | 'lose' | 'take')[] = [];
  const deliver = async (workflowId: string, event: DomainEvent): Promise<Answer<'accepted' | 'closed'>> => {
    const how = answers.shift()?.(event) ?? 'take';
    await turn();
    if (how === 'refuse') return unavailable;
    const workflow = workflows.get(workflowId) ?? { seen: new Set(), applied: [], open: true };
    workflows.set(workflowId, workflow);
    if (!workflow.open) return how === 'lose' ? unavailable : answered('closed');
    if (!workflow.seen.has(identityOf(event))) {
      workflow.seen.add(identityOf(event));
      workflow.applied.push(event.id);
      if (event.type.includes('.closed.')) workflow.open = false;
    }
    return how === 'lose' ? unavailable : answered('accepted');
  };
  const ports: Workflows = {
    signalWithStart: ({ workflowId }, event) => deliver(workflowId, event),
    signal: () => Promise.reject(new Error('no route of the journal only signals')),
    status: ({ workflowId }) => {
      const workflow = workflows.get(workflowId);
      return Promise.resolve(answered(!workflow ? 'missing' : workflow.open ? 'open' : 'closed'));
    },
    hasSeen: ({ workflowId }, event) =>
      Promise.resolve(answered(workflows.get(workflowId)?.seen.has(identityOf(event)) ?? false)),
    latestRun: () => Promise.reject(new Error('no process of the journal recurs')),
  };
  return { ports, workflows, answers };
}

/** Plays all messages of one partition through bridges that share it, as the stream hands them out: one at a time. */
async function play(messages: readonly Published[], reactions: readonly Reaction[]): Promise<Outcome> {
  const temporal = modelOfTemporal();
  const deadLetters = fakeDeadLetters();
  const bridges = Array.from({ length: BRIDGES }, () =>
    createBridge({
      hash: (text) => text,
      clock: () => new Date('2026-01-01T12:00:00Z'),
      catalogue: createCatalogue([journalDomain(() => fail('no event is fatal here'))]),
      workflows: temporal.ports,
      deadLetters,
      poisonMarks: fakePoisonMarks(),
      metrics: rememberingMetrics(),
      log: silentLog,
      now: () => 0,
      random: () => 0,
      sleep: () => turn(),
    }),
  );
  const never = new AbortController().signal;
  const sleeping: { left: number; wake: () => Promise<void> }[] = [];
  const settled = new Set<number>();
  let turns = 0;

  for (const [index, message] of messages.entries()) {
    for (let deliveryCount = 1; !settled.has(index); deliveryCount++) {
      const happens = reactions[turns++] ?? { kind: 'well' };
      const bridge = bridges[turns % BRIDGES];
      const delivery = (settle: Delivery['settle'], release: () => void): Delivery => ({
        ...contentOf(message),
        stream: 'EVENTS',
        sequence: index + 1,
        deliveryCount,
        storedAt: new Date(0),
        working: () => undefined,
        settle,
        release,
      });
      const acknowledged = () => void settled.add(index);
      const unheard = () => undefined;
      switch (happens.kind) {
        case 'killed before dispatch':
          break;
        case 'killed before the ack':
          await bridge?.handle(
            delivery(unheard, () => undefined),
            never,
          );
          break;
        case 'stopped':
          // The acknowledgement of a delivery that the server has given up settles the event all the same.
          sleeping.push({
            left: happens.wakesAfter,
            wake: async () =>
              bridge?.handle(
                delivery(acknowledged, () => undefined),
                never,
              ),
          });
          break;
        case 'released': {
          // Told to stop while Temporal is away: it gives the event back.
          const stopping = new AbortController();
          temporal.answers.push(() => 'refuse');
          stopping.abort();
          await bridge?.handle(
            delivery(acknowledged, () => undefined),
            stopping.signal,
          );
          temporal.answers.length = 0;
          break;
        }
        case 'away':
          for (let time = 0; time < happens.times; time++) {
            temporal.answers.push(() => (happens.after ? 'lose' : 'refuse'));
          }
          await bridge?.handle(
            delivery(acknowledged, () => undefined),
            never,
          );
          temporal.answers.length = 0;
          break;
        case 'well':
          await bridge?.handle(
            delivery(acknowledged, () => undefined),
            never,
          );
          break;
      }
      for (const sleeper of sleeping.filter(({ left }) => left === 0)) await sleeper.wake();
      sleeping.splice(0, sleeping.length, ...sleeping.filter(({ left }) => left > 0));
      for (const sleeper of sleeping) sleeper.left--;
    }
  }
  for (const { wake } of sleeping) await wake();

  return {
    applied: Object.fromEntries([...temporal.workflows].map(([id, { applied }]) => [id, applied])),
    closed: [...temporal.workflows].flatMap(([id, { open }]) => (open ? [] : [id])),
    deadLetters: [
      ...new Set(
        deadLetters.deadLetters.map(({ delivery, rejection }) => `${delivery.sequence} ${rejection.reason}`),
      ),
    ],
  };
}

function contentOf({ kind, key, id }: Published): Pick<Delivery, 'subject' | 'headers' | 'body'> {
  const headers = { 'Content-Type': ['application/cloudevents+json'] };
  const name = `${key}.${id}`;
  switch (kind) {
    case 'noted':
      return { ...notedEvent(key, name), headers };
    case 'aside':
      return { ...asideEvent(key, name), headers };
    case 'closed':
      return { ...closedEvent(key), headers };
    case 'malformed':
      return { ...notedEvent(key, name), headers, body: Buffer.from('{') };
  }
}

function fail(message: string): never {
  throw new Error(message);
}

test('repeats, outages, kills, sleeps and releases end as the run without them', async () => {
  let faults = 0;
  const property = fc.asyncProperty(
    fc.array(published, { minLength: 1, maxLength: 14 }),
    fc.array(reaction, { maxLength: 40 }),
    async (messages, reactions) => {
      faults += reactions.filter(({ kind }) => kind !== 'well').length;
      expect(await play(messages, reactions)).toEqual(await play(messages, []));
    },
  );
  const seed = Date.now() & 0x7fffffff;
  await fc.assert(property, { numRuns: RUNS, seed });
  process.stdout.write(`${RUNS} runs with ${faults} faults, seed ${seed}\n`);
});

test('the run without faults applies each event once, in the order of the stream', async () => {
  const noted = (id: number): Published => ({ kind: 'noted', key: 'one', id });
  const close: Published = { kind: 'closed', key: 'one', id: 0 };
  const { applied, closed, deadLetters } = await play(
    [noted(2), noted(0), noted(2), close, noted(0), noted(5)],
    [],
  );
  expect(applied).toEqual({ 'journal-one': ['one.2', 'one.0', 'one.closed'] });
  expect(closed).toEqual(['journal-one']);
  expect(deadLetters).toEqual(['6 late']);
});
