import { oneLine } from '../../contracts';
import type { Finding } from '../../doctor';
import type { Examination } from '../../doctor';

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: '✔', warning: '!', problem: '✘' };
/** The longest subject, and a space. */
const INDENT = 20;

export function asText(
  findings: readonly Finding[],
  repairs: Examination['repairs'],
  { problems, warnings }: { readonly problems: number; readonly warnings: number },
): string {
  const repaired = repairs.map(
    ({ done, subject, what }) => `${done ? 'repaired' : 'NOT repaired'}: ${subject}: ${oneLine(what)}`,
  );
  const verdict =
    problems + warnings === 0
      ? 'Nothing is wrong.'
      : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`;
  return [...repaired, ...findings.flatMap(linesOf), '', verdict].join('\n');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function linesOf(finding: Finding): string[] {
  const { level, subject, where, what } = finding;
  const first = `${MARKS[level]} ${subject.padEnd(INDENT - 2)}${oneLine(where)}: ${oneLine(what)}`;
  return level === 'ok' ? [first] : [first, `${' '.repeat(INDENT)}→ ${oneLine(finding.remedy)}`];
}
