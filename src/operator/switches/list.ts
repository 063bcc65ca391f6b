import { errorMessage } from '../../contracts';
import type { Pause, SwitchKind } from '../../switches';
import { isRunning, SWITCH_KINDS } from '../../switches';
import type { OperatorContext } from '../context';
import { namesOf, storeOf } from './stores';

/** Something that can be paused, and its pause if it is. */
export interface Switch {
  readonly kind: SwitchKind;
  readonly name: string;
  readonly pause?: Pause | undefined;
}

export interface SwitchList {
  readonly switches: readonly Switch[];
  /** Kinds whose pauses are not known, because their server does not answer. */
  readonly unknown: readonly { readonly kind: SwitchKind; readonly error: string }[];
}

/**
 * Lists everything that can be paused. A pause of something that the project does not have any more is listed, too, so
 * that it can be ended.
 */
export async function listSwitches(context: OperatorContext, now = new Date()): Promise<SwitchList> {
  const lists = await Promise.all(SWITCH_KINDS.map((kind) => listOf(context, kind, now)));
  return {
    switches: lists.flatMap(({ switches }) => switches),
    unknown: lists.flatMap(({ kind, error }) => (error === undefined ? [] : [{ kind, error }])),
  };
}

async function listOf(context: OperatorContext, kind: SwitchKind, now: Date) {
  try {
    const stored = await (await storeOf(context, kind)).list();
    const paused = new Map(
      stored.filter((pause) => isRunning(pause, now)).map((pause) => [pause.name, pause]),
    );
    const names = [...new Set([...namesOf(context, kind), ...paused.keys()])];
    return {
      kind,
      switches: names.map((name): Switch => ({ kind, name, pause: paused.get(name) })),
      error: undefined,
    };
  } catch (error) {
    return { kind, switches: [], error: errorMessage(error) };
  }
}
