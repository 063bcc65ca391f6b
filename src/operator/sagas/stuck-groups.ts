import type { Money } from '../../contracts';
import { causeIn } from '../../contracts';
import { moneyAtRisk } from './money';
import type { StuckSaga } from './stuck';
import { stuckInWords, stuckSince } from './stuck';

/** Processes of one type that ask a person about the same thing, for one cause. */
export interface StuckGroup {
  readonly workflow: string;
  readonly what: string;
  /** The failure, without what differs from one process to the next. */
  readonly cause: string;
  readonly stuck: readonly StuckSaga[];
  /** When the first and the last of them asked; absent if they do not say so. */
  readonly since?: string;
  readonly latest?: string;
  /** The money at risk, by currency; empty if the processes do not tell it. */
  readonly value: readonly Money[];
}

/** Groups by workflow type, question and cause; the largest group first. */
export function groupsOfStuck(stuck: readonly StuckSaga[]): readonly StuckGroup[] {
  const groups = new Map<string, { readonly first: StuckSaga; readonly all: StuckSaga[] }>();
  for (const each of stuck) {
    const { what, why } = stuckInWords(each.asked);
    const name = JSON.stringify([each.saga.workflow, what, causeIn(why)]);
    const group = groups.get(name) ?? { first: each, all: [] };
    group.all.push(each);
    groups.set(name, group);
  }
  return [...groups.values()]
    .map(({ first, all }) => {
      const { what, why } = stuckInWords(first.asked);
      const times = all.flatMap((each) => stuckSince(each) ?? []).sort();
      const [since, latest] = [times[0], times.at(-1)];
      return {
        ...{ workflow: first.saga.workflow, what, cause: causeIn(why), stuck: all, value: moneyAtRisk(all) },
        ...(since !== undefined && { since }),
        ...(latest !== undefined && { latest }),
      };
    })
    .sort((one, other) => other.stuck.length - one.stuck.length);
}
