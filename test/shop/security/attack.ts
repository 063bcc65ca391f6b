import type { Target } from './target';

/** What became of an attack: the control has refused it, or the attacker has what he wanted. */
export type Outcome = 'refused' | 'through';

/** One line of the suite. */
export interface Attack {
  /** What the attacker wants. */
  readonly threat: string;
  /** What refuses it. Without it, the same attack gets through. */
  readonly control: string;
  readonly attack: (target: Target) => Promise<Outcome>;
  /** It waits more than it works: it runs beside the others. */
  readonly isSlow?: true;
  /** What refuses it instead, where the local stack cannot have the control: the attack gets through on both sides. */
  readonly refusedIn?: string;
}

/** Only what rejects in `act` is a refusal: an attack that cannot be prepared fails its test. */
export async function attempt(act: () => Promise<unknown>): Promise<Outcome> {
  try {
    await act();
    return 'through';
  } catch {
    return 'refused';
  }
}

export const outcomeOf = (isThrough: boolean): Outcome => (isThrough ? 'through' : 'refused');
