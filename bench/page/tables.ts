import type { Figure, Report } from '../figures';
import { inDigits, subjectOf } from '../figures';

/** The figures as Markdown, a table for each subject: for docs/benchmarks.md. */
export function tablesOf({ machine, figures }: Report): string {
  const subjects = [...new Set(figures.map(subjectOf))];
  const tables = subjects.map((subject) =>
    [
      `### ${subject}`,
      '',
      '| figure | median | smallest to largest | target |',
      '| --- | --- | --- | --- |',
      ...figures.filter((each) => subjectOf(each) === subject).map(row),
    ].join('\n'),
  );
  return `${[machine, ...tables].join('\n\n')}\n`;
}

function row(figure: Figure): string {
  const { name, value, unit, spread, target, met } = figure;
  const [least, most] = spread.map(inDigits);
  const verdict = target === undefined ? '' : `${target}: ${met === true ? 'met' : '**not met**'}`;
  const cells = [
    name.slice(subjectOf(figure).length + 2),
    `${inDigits(value)} ${unit}`,
    `${least} to ${most}`,
  ];
  return `| ${[...cells, verdict].join(' | ')} |`;
}
