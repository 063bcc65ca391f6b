import type { Client, WorkflowHandle } from '@temporalio/client';
import type { InjectedSinks, NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { z } from 'zod';
import { createRegistry, workflowSinks } from '../../../src/adapters/prometheus';
import { createWorkflows } from '../../../src/adapters/temporal';
import type { BatchPolicy, DomainEvent } from '../../../src/contracts';
import { identityOf, SAGA_STATE } from '../../../src/contracts';
import { activity } from '../../../src/effects';
import type { Script } from 'sagaline/testing';
import { createScript } from 'sagaline/testing';
import { prepared } from '../setup/handover';
import { until } from '../until';
import { newKey } from './events';
import { PINGED_V2 } from './names';
import { tally } from './tally';
import type { EndSinks, Recording } from './tally-workflow';

/** The batcher of pings, its worker and a recorder of batches: everything that one test needs. */
export interface Tallying extends Pick<Script<'record'>, 'calls' | 'fail' | 'hold' | 'loseAnswer'> {
  /** The batches that took effect, in sequence. */
  readonly batches: readonly Recording[];
  /** The ids of the events in each batch. */
  readonly ids: () => string[][];
  /** The effects of the events, each applied once for its identity as in a real flush. */
  readonly applied: () => string[];
  open(policy: BatchPolicy): TallyDriver;
  /** The worker's metrics for Prometheus. */
  metrics(): Promise<string>;
  /** Sets a function that is called in the workflow task that is about to end a run. */
  onEnd(call: (workflowId: string) => Promise<void>): void;
  stop(): Promise<void>;
}

/** Drives one batcher as the bridge does. */
export interface TallyDriver {
  readonly handle: WorkflowHandle;
  /** The same batcher with another policy. */
  readonly with: (policy: BatchPolicy) => TallyDriver;
  /** Sends events with these ids, one after another. */
  readonly send: (...ids: string[]) => Promise<void>;
  state(): Promise<string>;
  untilState(state: string): Promise<void>;
  /** The ids of all runs with this workflow id, the latest last. */
  readonly runs: () => Promise<string[]>;
}

export async function startTallying(client: Client, connection: NativeConnection): Promise<Tallying> {
  const { namespace } = client.options;
  const script = createScript<'record'>();
  const batches: Recording[] = [];
  let onEnd: (workflowId: string) => Promise<void> = () => Promise.resolve();
  const registry = createRegistry('worker:tally');
  const sinks: InjectedSinks<EndSinks> = {
    ...workflowSinks(registry),
    ends: { reached: { fn: (_, workflowId) => onEnd(workflowId), callDuringReplay: false } },
  };
  // Its own queue, because other files run pings on the same server.
  const workflow = { ...tally, taskQueue: newKey() };
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: workflow.taskQueue,
    workflowBundle: { codePath: prepared('bundles').ping },
    activities: {
      record: activity(z.custom<Recording>(), (batch) =>
        script.play('record', batch, () => {
          script.refuseIfTold('record');
          batches.push(batch);
        }),
      ),
    },
    sinks,
  });
  const running = worker.run();
  const workflows = createWorkflows(client);

  const opened: WorkflowHandle[] = [];

  function open(batch: BatchPolicy, key = newKey()): TallyDriver {
    const target = { workflow, workflowId: `tally-${key}`, key, batch };
    const handle = client.workflow.getHandle(target.workflowId);
    opened.push(handle);
    const state = async () => (await handle.describe()).typedSearchAttributes.get(SAGA_STATE) ?? '';
    return {
      handle,
      with: (changed) => open(changed, key),
      send: async (...ids) => {
        for (const id of ids) {
          const answer = await workflows.signalWithStart(target, pingOf(key, id));
          if (answer.kind !== 'answered') throw answer.cause;
          if (answer.value !== 'accepted') throw new Error(`${target.workflowId} is ${answer.value}`);
        }
      },
      state,
      untilState: async (wanted) => {
        await until(`${target.workflowId} ${wanted}`, async () => (await state()) === wanted);
      },
      runs: async () => {
        const runs: { runId: string; startTime: Date }[] = [];
        for await (const run of client.workflow.list({ query: `WorkflowId = '${target.workflowId}'` }))
          runs.push(run);
        return runs
          .sort((one, other) => one.startTime.getTime() - other.startTime.getTime())
          .map(({ runId }) => runId);
      },
    };
  }

  return {
    ...script,
    batches,
    ids: () => batches.map(({ events }) => events.map(({ id }) => id)),
    applied: () => [
      ...new Set(
        batches.flatMap(({ events }) => events.map((event) => identityOf(event).split(' ')[1] ?? '')),
      ),
    ],
    open,
    metrics: () => registry.metrics(),
    onEnd: (call) => (onEnd = call),
    stop: async () => {
      // A task without a worker would stop the time of a skipping server for the following tests.
      await Promise.all(opened.map((handle) => handle.cancel().catch(() => undefined)));
      await Promise.all(opened.map((handle) => handle.result()));
      worker.shutdown();
      await running;
    },
  };
}

export function pingOf(key: string, id: string, note = ''): DomainEvent {
  return { id, source: '/test/tally', type: PINGED_V2, key, data: { pingId: key, urgency: 1, note } };
}

/** `ids('a', 3)` is `a1`, `a2`, `a3`. */
export function ids(letter: string, count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${from + index}`);
}
