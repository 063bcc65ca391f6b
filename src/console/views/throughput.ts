import type { ThroughputSample } from '../../observability';
import { CHARTS } from '../throughput/charts';
import type { Chart } from '../throughput/charts';
import type { Html, Part } from './html';
import { html } from './html';
import { live } from './live';
import { note, table, time } from './parts';
import { rate } from './units';

/** Minutes in the table; the charts go further back. */
const MINUTES = 15;
const MINUTE_MS = 60_000;
/** Below this, seconds are told as milliseconds. */
const A_SECOND = 1;

/** The charts, the same numbers as a table, and the way to a test event. */
export function throughputBody(samples: readonly ThroughputSample[], canOperate: boolean): Part {
  return [
    canOperate && html`<p><a href="/test-event">Send a test event</a></p>`,
    html`<div class="charts" data-throughput="/live/throughput.json">${firstColumns().map(chartPart)}</div>`,
    html`<noscript><p>The charts need the console's script; the table has the numbers.</p></noscript>`,
    html`<h2>The last ${MINUTES} minutes</h2>`,
    live('/live/throughput', minutesTable(samples)),
    html`<p class="quiet-text">
      Taken every ten seconds by this console, since its start, for three hours at most. Longer times are in
      the
      <a href="https://prometheus.io">store of the metrics</a>.
    </p>`,
  ];
}

/** Each chart with the place of its first number in a row. */
function firstColumns(): { readonly chart: Chart; readonly column: number }[] {
  let column = 1;
  return CHARTS.map((chart) => {
    const first = column;
    column += chart.series.length;
    return { chart, column: first };
  });
}

function chartPart({
  chart: { id, title, unit, series },
  column,
}: {
  readonly chart: Chart;
  readonly column: number;
}): Html {
  return html`<figure>
    <figcaption id="chart-${id}">${title}</figcaption>
    <div
      class="chart"
      role="img"
      aria-label="Chart of ${title}. The table below has the numbers."
      data-chart="${unit}"
      data-column="${column}"
      data-series="${series.length}"
    ></div>
    <ul class="legend">
      ${series.map(
        ({ name }, at) =>
          html`<li><span class="swatch series-${at + 1}"></span>${name} <output data-value></output></li>`,
      )}
    </ul>
  </figure>`;
}

/** The average of each minute, the latest one first. */
export function minutesTable(samples: readonly ThroughputSample[]): Part {
  const minutes = new Map<number, ThroughputSample[]>();
  for (const sample of samples) {
    const minute = Math.floor(Date.parse(sample.at) / MINUTE_MS) * MINUTE_MS;
    minutes.set(minute, [...(minutes.get(minute) ?? []), sample]);
  }
  if (minutes.size === 0)
    return note('plain', 'Nothing was measured yet: the first numbers come within seconds.');
  const latest = [...minutes].slice(-MINUTES).reverse();
  return table(
    'Throughput by minute',
    ['minute', ...CHARTS.flatMap(({ series }) => series.map(({ name }) => name))],
    latest.map(([minute, found]) => [
      time(new Date(minute)),
      ...CHARTS.flatMap(({ unit, series }) =>
        series.map(({ of }) => inWords(average(found.flatMap((sample) => of(sample) ?? [])), unit)),
      ),
    ]),
  );
}

function average(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((all, each) => all + each, 0) / numbers.length;
}

function inWords(value: number | undefined, unit: Chart['unit']): string {
  if (value === undefined) return '';
  if (unit === '/s') return rate(value);
  return value < A_SECOND ? `${Math.round(1_000 * value)} ms` : `${value.toFixed(1)} s`;
}
