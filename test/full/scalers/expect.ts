import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { say } from '../../support/journal/stage';
import { until } from '../../support/until';
import type { Keda, KedaAnswer, Trigger } from './keda';

const SCALING = path.resolve(__dirname, '../../../deploy/kubernetes/base/scaling');
/** Temporal counts a backlog approximately, and some seconds late; Prometheus scrapes each second. */
const SEEN_WITHIN_MS = 60_000;

/** Asks KEDA until the answer is right, and says what it was. */
export type Expect = (
  what: string,
  trigger: Trigger,
  right: (answer: KedaAnswer) => boolean,
) => Promise<void>;

/** @param problems gets what stays wrong */
export function expectOf(keda: Keda, problems: string[]): Expect {
  return async (what, trigger, right) => {
    let last: KedaAnswer | undefined;
    const isRight = async () => right((last = await keda.ask(trigger)));
    await until(what, isRight, SEEN_WITHIN_MS).catch(() => problems.push(`${what}: ${JSON.stringify(last)}`));
    say(`  ${what}: ${last?.error ?? `${last?.value} wait, ${last?.target} for each process`}`);
  };
}

export const waits = (count: number) => (answer: KedaAnswer) =>
  answer.error === undefined && answer.value === count && answer.active === count > 0;

export const fails = ({ error }: KedaAnswer) => error !== undefined;

/** The trigger of a manifest, with the addresses of this machine. */
export function triggerOf(file: string, here: Readonly<Record<string, string>>): Trigger {
  const text = readFileSync(path.join(SCALING, `${file}.yaml`), 'utf8');
  const { spec } = parse(text) as { spec: { triggers: readonly Trigger[] } };
  const [trigger] = spec.triggers;
  if (trigger === undefined) throw new Error(`${file}.yaml has no trigger`);
  return { type: trigger.type, metadata: { ...trigger.metadata, ...here } };
}
