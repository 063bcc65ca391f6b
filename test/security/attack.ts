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
  /** No control is built yet: the attack gets through on the secured stack, too. Remove this when the control is there. */
  readonly isOpen?: true;
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
