import { z } from 'zod';

/**
 * What can be paused. `route`: all events that the bridge delivers to one kind of process, by the name of its workflow.
 * `pool`: the steps on the task queue of one worker pool. `provider`: the calls of all steps to one provider.
 */
export const SWITCH_KINDS = ['route', 'pool', 'provider'] as const;
export type SwitchKind = (typeof SWITCH_KINDS)[number];

const MAX_TEXT = 2_000;

/** A pause as its server keeps it; the kind follows from where it is kept. */
export const storedPause = z.object({
  name: z.string().min(1).max(MAX_TEXT),
  by: z.string().max(MAX_TEXT),
  why: z.string().max(MAX_TEXT),
  /** When it began, ISO 8601 in UTC. */
  since: z.iso.datetime(),
  /** When it ends by itself, ISO 8601 in UTC. */
  until: z.iso.datetime(),
});

/** Somebody has paused something, for a reason and for a time. */
export interface Pause extends z.infer<typeof storedPause> {
  readonly kind: SwitchKind;
}

/** Whether a pause still counts. A process judges that by its own clock. */
export function isRunning({ until }: Pick<Pause, 'until'>, now: Date): boolean {
  return Date.parse(until) > now.getTime();
}

/** `paused by ada until 2026-11-29T03:00:00.000Z: the carrier asks for it`. */
export function pauseInWords({ by, until, why }: Pick<Pause, 'by' | 'until' | 'why'>): string {
  return `paused by ${by} until ${until}: ${why}`;
}
