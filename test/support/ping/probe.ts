import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type {
  BatcherDefinition,
  BatchPolicy,
  Domain,
  EventOf,
  OutgoingEvent,
  ProcessDefinition,
} from '../../../src/contracts';
import {
  defineDomain,
  defineEvent,
  defineRoutes,
  encodeEvent,
  external,
  route,
} from '../../../src/contracts';
import { AGAIN, GATHERED, OPENED, REACHED, SHARED } from './names';

/** Workflows that end as one of their events asks: one target for each kind of route. */

const schema = z.strictObject({
  probeId: z.string().min(1).max(64),
  /** How the workflow ends after it has taken the event; when absent, it waits for the next one. */
  outcome: z.enum(['complete', 'fail', 'continue']).optional(),
});
const contractOf = <Type extends string>(type: Type, summary: string) =>
  defineEvent({
    type,
    entity: 'probe',
    summary,
    origin: external('the tests'),
    schema,
    key: ({ probeId }) => probeId,
    example: { probeId: 'p-1' },
  });

const opened = contractOf(OPENED, 'Opens a process.');
const again = contractOf(AGAIN, 'Opens a process that recurs, and reaches it.');
const reached = contractOf(REACHED, 'Only reaches a process.');
const gathered = contractOf(GATHERED, 'Feeds a batcher.');
const shared = contractOf(SHARED, 'Only reaches a process, and feeds a batcher.');

export type ProbeOutcome = z.output<typeof schema>['outcome'];
export type ProbeEvent = EventOf<
  typeof opened | typeof again | typeof reached | typeof gathered | typeof shared
>;

/** Each event is flushed at once; only a test closes the batcher. */
const POLICY: BatchPolicy = { size: 1, withinMs: 10 * 60_000 };

/** @param taskQueue the queue of one test file: others run on the same server */
export function probeDomain(taskQueue: string): Domain {
  const probe: ProcessDefinition = {
    name: 'probe',
    taskQueue,
    initialState: 'probing',
    summary: (key) => `Probe ${key}`,
  };
  const recur: ProcessDefinition = {
    name: 'recur',
    taskQueue,
    recurs: true,
    initialState: 'probing',
    summary: (key) => `Recurring probe ${key}`,
  };
  const gather: BatcherDefinition = {
    name: 'gather',
    batches: true,
    taskQueue,
    initialState: 'collecting',
    summary: (key) => `Probes of ${key}`,
  };
  return defineDomain({
    name: 'probe',
    events: [opened, again, reached, gathered, shared],
    workflows: [probe, recur, gather],
    routes: defineRoutes({
      opens: route({ event: opened, workflow: probe, opens: true }),
      recurs: route({ event: again, workflow: recur, opens: true }),
      'only-reaches': route({ event: reached, workflow: probe }),
      batches: route({ event: gathered, workflow: gather, batch: POLICY }),
      'shared-reaches': route({ event: shared, workflow: probe }),
      'shared-batches': route({ event: shared, workflow: gather, batch: POLICY }),
    }),
    webhooks: [],
  });
}

const CONTRACTS = { opened, again, reached, gathered, shared };

export function probeEvent(
  name: keyof typeof CONTRACTS,
  probeId: string,
  { outcome }: { outcome?: ProbeOutcome } = {},
): OutgoingEvent {
  return encodeEvent(
    {
      contract: CONTRACTS[name],
      id: randomUUID(),
      time: '2026-01-01T00:00:00Z',
      data: { probeId, ...(outcome && { outcome }) },
    },
    { source: '/test/probe' },
  );
}
