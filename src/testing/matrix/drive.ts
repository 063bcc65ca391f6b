import type { WorkflowHandle } from '@temporalio/client';
import type { Decision, DomainEvent, Stuck } from '../../contracts';
import { DECIDE, STUCK } from '../../contracts';
import type { Cell } from './faults';
import type { Follower, Rest } from './follow';
import type { Told } from './happy-path';
import type { Mail } from './mail';
import { statesIn } from './shown';

/** What a run needs to be driven. */
export interface Driven<Fixture> {
  readonly key: string;
  readonly fixture: Fixture;
  readonly told: readonly Told<Fixture>[];
  readonly mail: Mail;
  readonly follower: Follower;
  readonly handle: WorkflowHandle;
  readonly incident: () => Promise<unknown>;
  /** States in which the saga may wait for a person. */
  readonly waits: readonly string[];
  /** For an event whose step is the last one of its worker: call `arm` before the event is sent, and `sent` afterwards. */
  readonly doom?: { arm(): void; sent(): Promise<void> };
}

/** The situation of the run at the turn of each event. */
export type Turns = readonly { readonly hadDeadline: boolean }[];

/** Why a run was left before its end. */
class LeftError extends Error {
  override readonly name = 'LeftError';
}

/** The matrix answers a person's question with `retry` this many times, and then with `done-by-hand`. */
const RETRIES = 3;

/**
 * Drives one run to its end: sends each event in its turn, unless the cell changes that.
 *
 * @throws LeftError when the saga waits for something that will never come, or its code fails
 */
export async function drive<Fixture>(
  on: Driven<Fixture>,
  cell?: Extract<Cell, { kind: 'event' | 'incident' }>,
): Promise<Turns> {
  const { follower, mail, told } = on;
  const events = told.map(({ contract, data }, index): DomainEvent =>
    eventOf(on.key, index, contract.type, data),
  );
  const turns: { hadDeadline: boolean }[] = [];
  const happened = new Set<number>();

  /** @param ahead the event happens and is sent before the workflow can know of its cause */
  async function send(index: number, { ahead = false } = {}): Promise<void> {
    const event = events[index];
    if (!event) return;
    if (!happened.has(index)) {
      const happens = told[index]?.happens?.(on.fixture) ?? true;
      if (!happens && !ahead) return;
      happened.add(index);
    }
    await mail.send(event);
  }

  const early = cell?.fault === 'early' ? cell.index : undefined;
  const earlyEvent = early === undefined ? undefined : events[early];
  const overtakesAll = earlyEvent !== undefined && mail.opens(earlyEvent);
  if (early !== undefined && overtakesAll) await send(early, { ahead: true });

  for (const index of events.keys()) {
    let rest = await follower.settle();
    if (cell?.kind === 'incident' && cell.index === index) {
      await on.incident();
      rest = await follower.settle();
    }
    if (isOver(rest)) break;
    turns.push({ hadDeadline: rest.kind === 'waiting' && rest.timers.length > 0 });
    const fault = cell?.kind === 'event' && cell.index === index ? cell.fault : undefined;
    switch (fault) {
      case 'early':
        told[index]?.happens?.(on.fixture);
        continue;
      case 'repeated':
        await send(index);
        await send(index);
        await follower.settle();
        await send(index);
        continue;
      case 'late':
        await pass(rest);
        await send(index);
        continue;
      case 'missing':
        if (!isOver(await passAll(rest))) await send(index);
        continue;
      case 'worker killed here':
        on.doom?.arm();
        await send(index);
        await on.doom?.sent();
        continue;
      case undefined:
        await send(index);
        if (index === 0 && early !== undefined && !overtakesAll) await send(early, { ahead: true });
    }
  }
  await toTheEnd();
  return turns;

  /** Lets the present deadlines pass, so that the workflow waits in vain for what it has been waiting for. */
  async function pass(rest: Rest): Promise<Rest> {
    return rest.kind === 'waiting' && rest.timers.length > 0
      ? follower.settleAt(Math.max(...rest.timers))
      : rest;
  }

  async function passAll(from: Rest): Promise<Rest> {
    let rest = from;
    while (rest.kind === 'waiting' && rest.timers.length > 0)
      rest = await follower.settleAt(Math.min(...rest.timers));
    return rest;
  }

  /** Lets deadlines pass and answers questions to a person, until the saga has ended. */
  async function toTheEnd(): Promise<void> {
    for (let asked = 0; ; asked++) {
      const rest = await passAll(await follower.settle());
      if (rest.kind === 'broken') throw new LeftError(`a workflow task failed: ${rest.message}`);
      if (rest.kind === 'closed') return;
      await askPerson(on, asked);
    }
  }
}

function isOver({ kind }: Rest): boolean {
  return kind === 'closed' || kind === 'broken';
}

function eventOf(key: string, index: number, type: string, data: unknown): DomainEvent {
  return { id: `event-${index + 1}`, source: '/matrix', type, key, data };
}

/**
 * Answers the question of a saga that waits without a deadline. Such a saga must be in one of its waiting states and ask for a
 * decision.
 */
async function askPerson<Fixture>(
  { handle, follower, waits }: Driven<Fixture>,
  asked: number,
): Promise<void> {
  const state = statesIn(await follower.history()).at(-1) ?? '';
  if (!waits.includes(state)) throw new LeftError(`it waits in ${state} for ever, and nobody is asked`);
  const question = await handle.query<Stuck | null>(STUCK);
  if (!question) throw new LeftError(`it waits in ${state} for an event that the happy path does not have`);
  const decision: Decision =
    asked < RETRIES ? { kind: 'retry' } : { kind: 'done-by-hand', reason: 'the matrix has done it' };
  await handle.signal(DECIDE, decision);
}
