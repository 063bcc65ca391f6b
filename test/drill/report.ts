/** The verdict on what a drill has measured, and its table. */
import { cpus } from 'node:os';
import { table } from '../../src/cli/table';
import type { Measured } from './incident';

const TOLD_GOAL_S = 30;
const MENDED_GOAL_S = 60;
const HEAD = [
  ...['incident', 'told, s', 'by', 'alert, s', 'alert', 'in the console, s'],
  ...['mended by', 'mended, s', 'clicks in the console', 'mended, s'],
];

/** Whether it was told, alerted, named by the console and mended, and clicked away where the console can. */
export function held({ told, alert, console: shown, mended, clicked }: Measured): boolean {
  return [told, alert, shown, mended, clicked].every((each) => each !== undefined);
}

export function report(found: readonly Measured[]): string {
  const rows = found.map(({ name, told, alert, console: shown, mend, mended, clicked, error }) => [
    name,
    seconds(told),
    told?.words ?? error ?? 'not told',
    seconds(alert),
    alert ? `${alert.name}, for ${alert.for}` : 'no alert',
    seconds(shown),
    mend?.command ?? '',
    seconds(mended),
    ...(typeof clicked === 'object' ? [String(clicked.clicks), seconds(clicked)] : [clicked ?? '–', '–']),
  ]);
  const late = found.filter(
    ({ told, alert, console: shown, mended }) =>
      !(told && told.seconds <= TOLD_GOAL_S) ||
      !(alert && alert.seconds <= TOLD_GOAL_S) ||
      !(shown && shown.seconds <= TOLD_GOAL_S) ||
      !(mended && mended.seconds <= MENDED_GOAL_S),
  );
  return [
    table(HEAD, rows),
    '',
    `${found.length - late.length} of ${found.length} told within ${TOLD_GOAL_S} s and mended within ${MENDED_GOAL_S} s, on ${cpus().length} cores`,
    ...late.map(({ name }) => `missed: ${name}`),
  ].join('\n');
}

function seconds(found: { readonly seconds: number } | undefined): string {
  return found ? found.seconds.toFixed(1) : '–';
}
