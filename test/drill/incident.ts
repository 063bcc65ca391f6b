import { setTimeout as sleep } from 'node:timers/promises';
import type { Part, PartName, SystemSnapshot } from '../../src/observability';
import { firingAlerts } from '../../src/observability';
import type { Visitor } from '../support/console-visitor';
import { unescaped, visitConsole } from '../support/console-visitor';
import type { Stage } from './stage';

/** Something that goes wrong on purpose. */
export interface Incident {
  readonly name: string;
  /** Makes it; resolves as soon as it is there. */
  begin(stage: Stage): Promise<Begun>;
}

export interface Begun {
  /** What of the snapshot tells of it, in words; `undefined` while nothing does. */
  readonly tells: (snapshot: SystemSnapshot) => string | undefined;
  /** The finding of an alert that is about this incident. */
  readonly finding: RegExp;
  /** What an operator does, by the runbook. */
  readonly mend: Mend;
  /** Whether the snapshot shows that it is over, besides that no alert fires for it any more. */
  readonly isOver: (snapshot: SystemSnapshot) => boolean;
  /** What the drill itself keeps up, such as orders that come in. */
  readonly end?: () => Promise<void>;
}

export interface Mend {
  /** As in the runbook. */
  readonly command: string;
  /** What else a person does before the command, outside of Sagaline. */
  readonly first?: string;
  readonly run: () => Promise<void>;
  /** The same from the console, by its links and forms; or why the console does not mend it. */
  readonly clicks: ((visitor: Visitor) => Promise<void>) | string;
}

/** What was measured; times in seconds, absent where it did not happen in time. */
export interface Measured {
  readonly name: string;
  readonly told?: { readonly seconds: number; readonly words: string };
  readonly alert?: { readonly seconds: number; readonly name: string; readonly for: string };
  /** When the overview of the console's process names it. */
  readonly console?: { readonly seconds: number };
  readonly mended?: { readonly seconds: number };
  /** A second incident of the kind, mended from the console; or why it does not mend it. */
  readonly clicked?: { readonly clicks: number; readonly seconds: number } | string;
  readonly mend?: Pick<Mend, 'command' | 'first'>;
  readonly error?: string;
}

/** Longer than the goals, so that a figure that misses its goal is still a figure. */
const TOLD_WITHIN_MS = 100_000;
const MENDED_WITHIN_MS = 120_000;
const LOOK_MS = 100;

/** Makes an incident and mends it by its command, and once more from the console, if that can. */
export async function drill(stage: Stage, incident: Incident): Promise<Measured> {
  const first = await once(stage, incident, ({ mend }) => mend.run());
  const { clicks } = first.begun.mend;
  if (typeof clicks === 'string') return { ...first.measured, clicked: clicks };
  let made = 0;
  const second = await once(stage, incident, async ({ mend }) => {
    const visitor = await visitConsole(stage.shop.local.consoleUrl);
    if (typeof mend.clicks !== 'string') await mend.clicks(visitor);
    made = visitor.clicks();
  });
  const { mended } = second.measured;
  return { ...first.measured, ...(mended && { clicked: { clicks: made, seconds: mended.seconds } }) };
}

async function once(
  stage: Stage,
  incident: Incident,
  act: (begun: Begun) => Promise<void>,
): Promise<{ readonly begun: Begun; readonly measured: Measured }> {
  const { name } = incident;
  const { observability } = stage;
  const begun = await incident.begin(stage);
  const { tells, finding, mend, isOver, end } = begun;
  try {
    const visitor = await visitConsole(stage.shop.local.consoleUrl);
    const began = performance.now();
    const secondsSince = (start: number) => (performance.now() - start) / 1_000;
    let told: Measured['told'];
    let alert: Measured['alert'];
    let shown: Measured['console'];
    while ((!told || !alert || !shown) && performance.now() - began < TOLD_WITHIN_MS) {
      const snapshot = observability.latest();
      const words = tells(snapshot);
      if (words !== undefined) told ??= { seconds: secondsSince(began), words };
      const firing = alertFor(snapshot, finding);
      if (firing) alert ??= { seconds: secondsSince(began), name: firing.name, for: firing.for };
      if (await overviewNames(visitor, finding)) shown ??= { seconds: secondsSince(began) };
      await sleep(LOOK_MS);
    }
    const mending = performance.now();
    await act(begun);
    let isMended = false;
    while (!isMended && performance.now() - mending < MENDED_WITHIN_MS) {
      const snapshot = observability.latest();
      isMended = isOver(snapshot) && !alertFor(snapshot, finding);
      if (!isMended) await sleep(LOOK_MS);
    }
    const measured = {
      ...{ name, mend },
      ...(told && { told }),
      ...(alert && { alert }),
      ...(shown && { console: shown }),
      ...(isMended && { mended: { seconds: secondsSince(mending) } }),
    };
    return { begun, measured };
  } finally {
    await end?.();
  }
}

/** Whether the overview has a line about it under its alerts. */
async function overviewNames(visitor: Visitor, finding: RegExp): Promise<boolean> {
  const { body } = await visitor.open('/live/overview');
  const lines = [...body.matchAll(/<li>([^<]*)<\/li>/g)].map(([, line = '']) => unescaped(line));
  return lines.some((line) => finding.test(line));
}

function alertFor(snapshot: SystemSnapshot, finding: RegExp) {
  return firingAlerts(snapshot).find(({ findings }) => findings.some((each) => finding.test(each)))?.alert;
}

type DataOf<Name extends PartName> = SystemSnapshot[Name] extends Part<infer Data> ? Data : never;

/** The data of a part, or `undefined` while it is unknown. */
export function known<Name extends PartName>(snapshot: SystemSnapshot, name: Name): DataOf<Name> | undefined {
  const part = snapshot[name];
  return part.kind === 'known' ? (part.data as DataOf<Name>) : undefined;
}
