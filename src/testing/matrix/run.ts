import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ProcessDefinition, SagaResult } from '../../contracts';
import { errorMessage, STEP_STUCK, workflowIdOf } from '../../contracts';
import type { HistoryEvent } from '../replay/recorded-command';
import type { SharedClock } from './clock';
import type { Turns } from './drive';
import { drive } from './drive';
import type { MatrixRun, Demands } from './engine-invariants';
import { violatedBy } from './engine-invariants';
import type { Cell } from './faults';
import { nameOf } from './faults';
import type { Follower } from './follow';
import { follow } from './follow';
import type { DeclaredPath, Invariants } from './happy-path';
import type { DoomedWorker, PutIn } from './interference';
import { faultOf, incidentAt, noFault } from './interference';
import { impatientClient, openMail } from './mail';
import type { Call, Recorder } from './recorder';
import { hasDealtWithCancellation, isClose, unfinishedIn } from './progress';
import { createRecorder } from './recorder';
import { endIn } from './shown';
import type { Behind } from './workers';

/** What all runs of one matrix share. */
export interface Ground<Fixture> {
  readonly env: TestWorkflowEnvironment;
  readonly clock: SharedClock;
  /** Milliseconds of real time. */
  readonly standsStillMs: number;
  readonly process: ProcessDefinition;
  readonly happyPath: DeclaredPath<Fixture>;
  readonly invariants: Invariants<Fixture>;
  /** Fixtures by workflow id. */
  readonly fixtures: Map<string, Behind>;
}

/** The result of one run. */
export interface Came {
  readonly violations: readonly string[];
  readonly state: string | undefined;
  readonly calls: readonly Call[];
  readonly turns: Turns;
}

/**
 * Performs one run, and checks all invariants on it.
 *
 * @param options.doomed for a run whose worker is replaced
 */
export async function runCell<Fixture>(
  ground: Ground<Fixture>,
  options: {
    readonly key: string;
    readonly cell?: Cell;
    readonly demands: Demands;
    readonly doomed?: DoomedWorker;
  },
): Promise<Came> {
  const { env, process, happyPath, fixtures } = ground;
  const { key, cell, demands, doomed } = options;
  const workflowId = workflowIdOf(process, key);
  const handle = env.client.workflow.getHandle(workflowId);
  const fixture = happyPath.fixture();

  const outside = {
    answersArrived: () => answersArrived(follower, recorder),
    cancel: () => handle.cancel(),
    cancellationSeen: () => cancellationSeen(follower),
    refusal: happyPath.refusals[cell?.row.split(' ')[0] ?? ''] ?? 'refused',
    incident: async () => {
      const told = happyPath.incidents?.[cell?.fault ?? '']?.happens(fixture, key) ?? [];
      for (const [index, { contract, data }] of told.entries())
        await mail.send({ id: `incident-${index + 1}`, source: '/matrix', type: contract.type, key, data });
    },
  };
  const putIn: PutIn =
    doomed ??
    (cell?.kind === 'step'
      ? faultOf(cell, outside)
      : cell?.kind === 'incident' && cell.index === undefined
        ? incidentAt(cell, outside)
        : noFault);
  const recorder = createRecorder(putIn.interfere);
  fixtures.set(workflowId, { activities: happyPath.activities(fixture), recorder });
  const client = doomed ? impatientClient(env) : env.client;
  const mail = openMail(client, process, happyPath);
  const participant = ground.clock.join();
  const follower = follow(handle, recorder, participant, ground.standsStillMs);

  let turns: Turns = [];
  let left: string | undefined;
  try {
    const doom = doomed && {
      arm: () => doomed.arm(),
      // If no step follows, the worker is replaced after the event has been processed.
      sent: async () => {
        await follower.settleUnless(() => doomed.hasActed());
        await doomed.die();
      },
    };
    turns = await drive(
      {
        key,
        fixture,
        told: happyPath.events(key),
        mail,
        follower,
        handle,
        waits: [STEP_STUCK, ...(process.waitsForPerson ?? []), ...(happyPath.waits ?? [])],
        incident: outside.incident,
        ...(doom && { doom }),
      },
      cell?.kind === 'step' ? undefined : cell,
    );
  } catch (error) {
    // Whatever the error is, it belongs to this cell; the other cells continue.
    left = errorMessage(error);
  } finally {
    participant.leave();
  }
  const history = await follower.history();
  if (left !== undefined) await handle.terminate('the matrix has left it').catch(() => undefined);
  await freeClock(ground, left === undefined ? history : await follower.history(), recorder);
  const landed = await Promise.race([
    putIn.land().then(() => true),
    sleep(ground.standsStillMs, false, { ref: false }),
  ]);

  const end = endIn(history);
  const state = end.kind === 'completed' ? (end.result as SagaResult | undefined)?.state : undefined;
  const run: MatrixRun = {
    history,
    calls: recorder.calls,
    deadLetters: mail.deadLetters,
    accepted: mail.accepted(),
    left,
  };
  const violations = violatedBy(run, happyPath, happyPath.effects(fixture), demands);
  if (!landed) violations.push('an attempt that Temporal has given up never answers');
  for (const [name, holds] of Object.entries(ground.invariants)) {
    try {
      await holds({ fixture, key, state, cell: cell && nameOf(cell) });
    } catch (error) {
      violations.push(`${name}: ${errorMessage(error)}`);
    }
  }
  return { violations, state, calls: recorder.calls, turns };
}

/**
 * The time-skipping server (1.40) stops its clock while an activity is under way, and does not restart it when the workflow ends
 * meanwhile, as a cancelled workflow may. From then on all other workflows would wait in real time.
 */
async function freeClock<Fixture>(
  { env }: Ground<Fixture>,
  history: readonly HistoryEvent[],
  { failedAttempts }: Recorder,
): Promise<void> {
  if (!history.some(isClose)) return;
  const left = unfinishedIn(history).filter((activityId) => failedAttempts(activityId) === undefined);
  for (let count = left.length; count > 0; count--) await env.connection.testService?.unlockTimeSkipping({});
}

const LOOK_MS = 20;

/** It has its result, or an error after which Temporal does not try again. */
function hasEnded({ last }: Call): boolean {
  return last === 'done' || last === 'final';
}

async function answersArrived({ history }: Follower, { calls }: Recorder): Promise<void> {
  for (;;) {
    const events = await history();
    const open = new Set(unfinishedIn(events));
    if (events.some(isClose) || !calls.some((call) => hasEnded(call) && open.has(call.activityId))) return;
    await sleep(LOOK_MS);
  }
}

async function cancellationSeen({ history }: Follower): Promise<void> {
  while (!hasDealtWithCancellation(await history())) await sleep(LOOK_MS);
}
