import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Figure, Report } from '../figures';
import { inDigits, subjectOf } from '../figures';

interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly figures: readonly Figure[];
}

/** The figures as charts for people, in one file that needs no other file and no network. */
export async function pageOf({ machine, figures }: Report): Promise<string> {
  const [library, style, script] = await Promise.all([
    readFile(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
    readFile(path.join(__dirname, 'charts.mjs'), 'utf8'),
  ]);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sagaline: benchmarks</title>
<style>
${style}
body { font: 14px/1.4 sans-serif; max-width: 1140px; margin: 2em auto; padding: 0 1em; color: #222; }
h2 { margin: 1.6em 0 0.2em; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #ddd; padding: 0.15em 0.6em; text-align: right; }
td:first-child, th:first-child { text-align: left; }
.met { color: #3a8a55; } .missed { color: #c0392b; font-weight: bold; }
</style>
<h1>Sagaline: benchmarks</h1>
<p>${escaped(machine)}. Bars are medians; whiskers go from the smallest to the largest repeat; a dashed line is a target, its
bar green where it is met and red where it is not.</p>
${chartsOf(figures).map(chartElement).join('\n')}
<h2>All figures</h2>
<table>
<tr><th>figure</th><th>median</th><th>unit</th><th>smallest to largest</th><th>target</th><th></th></tr>
${figures.map(row).join('\n')}
</table>
<script>${library}</script>
<script type="module">${script}</script>
</html>
`;
}

/** One chart for the figures of a subject that have a unit in common: ratios and counts do not fit into one chart. */
function chartsOf(figures: readonly Figure[]): Chart[] {
  const charts = new Map<string, Figure[]>();
  for (const each of figures) {
    const subject = subjectOf(each);
    const kind = /[÷→]/.test(each.name) ? 'ratio' : each.unit || 'count';
    const key = `${subject}\n${kind}`;
    charts.set(key, [...(charts.get(key) ?? []), each]);
  }
  return [...charts].map(([key, own]) => {
    const [title = '', unit = ''] = key.split('\n');
    return { title, unit, figures: own };
  });
}

function chartElement({ title, unit, figures }: Chart): string {
  const bars = figures.map((each) => ({
    ...each,
    label: each.name.slice(title.length + 2),
    digits: inDigits(each.value),
    limit: each.target === undefined ? undefined : Number(each.target.slice(2)),
  }));
  const data = escaped(JSON.stringify({ unit, figures: bars }));
  return `<h2>${escaped(title)}: ${escaped(unit)}</h2>\n<div data-chart="${data}"></div>`;
}

function row({ name, value, unit, spread: [least, most], target = '', met }: Figure): string {
  const verdict = met === undefined ? '' : met ? 'met' : 'not met';
  const cells = [name, inDigits(value), unit, `${inDigits(least)} to ${inDigits(most)}`, target];
  const all = cells.map((cell) => `<td>${escaped(cell)}</td>`).join('');
  return `<tr>${all}<td class="${met === false ? 'missed' : 'met'}">${verdict}</td></tr>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
