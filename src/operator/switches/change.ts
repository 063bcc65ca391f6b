/** Pauses and resumes a route, a pool or a provider, on record. */
import type { Pause, SwitchKind } from '../../switches';
import { isRunning, PauseConflictError } from '../../switches';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import { namesOf, storeOf } from './stores';

/** What is paused or resumed. */
export interface Switched {
  readonly kind: SwitchKind;
  readonly name: string;
}

/**
 * A pause is for an incident, and somebody looks after it each day. The record of paused routes lives at least as long
 * (`OPERATIONS_RETENTION_DAYS` is at least 1).
 */
export const LONGEST_PAUSE_MS = 24 * 60 * 60_000;
const SHORTEST_PAUSE_MS = 1_000;

/**
 * Pauses a route, a pool or a provider for a time; a pause that is there is replaced.
 *
 * @param wanted.forMs milliseconds, from a second to a day
 * @throws OperatorError `no-reason`, `unknown-switch`, `invalid-time`, `conflict`, and those of the audit
 */
export async function pauseOnRecord(
  context: OperatorContext,
  { kind, name }: Switched,
  { why, forMs, now = new Date() }: { readonly why: string; readonly forMs: number; readonly now?: Date },
): Promise<Pause> {
  if (why.trim() === '') throw new OperatorError('no-reason', 'a pause needs a reason, for whoever asks');
  if (!(forMs >= SHORTEST_PAUSE_MS && forMs <= LONGEST_PAUSE_MS))
    throw new OperatorError('invalid-time', 'a pause lasts from a second to a day; it can be repeated');
  const names = namesOf(context, kind);
  if (!names.includes(name))
    throw new OperatorError(
      'unknown-switch',
      `there is no ${kind} "${name}"; there are: ${names.join(', ') || 'none'}`,
    );
  const store = await storeOf(context, kind);
  const until = new Date(now.getTime() + forMs).toISOString();
  return context.auditing.change(aboutOf('switch.pause', { kind, name }, { why, until }), async ({ by }) => {
    const pause: Pause = { kind, name, by, why, since: now.toISOString(), until };
    await store.put(pause).catch(refusal);
    return pause;
  });
}

/**
 * Ends a pause.
 *
 * @param given.since when the pause began that its author has seen: a later one is another person's. Default: any
 * @throws OperatorError `not-paused`, `conflict`, and those of the audit
 */
export async function resumeOnRecord(
  context: OperatorContext,
  { kind, name }: Switched,
  {
    why,
    since,
    now = new Date(),
  }: { readonly why?: string | undefined; readonly since?: string | undefined; readonly now?: Date } = {},
): Promise<Pause> {
  const store = await storeOf(context, kind);
  const pause = (await store.list()).find((each) => each.name === name && isRunning(each, now));
  if (!pause) throw new OperatorError('not-paused', `the ${kind} "${name}" is not paused`);
  if (since !== undefined && pause.since !== since)
    throw new OperatorError(
      'conflict',
      `${pause.by} has paused the ${kind} "${name}" anew (${pause.why}): look again`,
    );
  return context.auditing.change(aboutOf('switch.resume', { kind, name }, { why }), async ({ by }) => {
    await store.remove(name, by).catch(refusal);
    return pause;
  });
}

function aboutOf(
  action: 'switch.pause' | 'switch.resume',
  { kind, name }: Switched,
  details: Readonly<Record<string, string | undefined>>,
) {
  return { action, target: `${kind} ${name}`, details };
}

function refusal(error: unknown): never {
  if (error instanceof PauseConflictError) throw new OperatorError('conflict', error.message);
  throw error;
}
