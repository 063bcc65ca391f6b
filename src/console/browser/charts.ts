/*! The charts are drawn by uPlot 1.6.32, https://github.com/leeoniya/uPlot. Its licence:

The MIT License (MIT)

Copyright (c) 2022 Leon Sorokin

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.*/
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Samples come every ten seconds. */
const EVERY_MS = 10_000;
const WITHIN_MS = 10_000;
const HEIGHT_PX = 180;
/** As many as the console keeps. */
const MOST_ROWS = 1_080;
const AXIS_PX = 64;

type Row = readonly (number | null)[];
interface Chart {
  /** Adds what is new; the pointer stays where it is. */
  show(rows: readonly Row[]): void;
  /** Draws anew, in the colours of the present scheme. */
  redraw(): void;
}

/**
 * Draws the charts of a page, and adds what is new to them as long as somebody can see it. What cannot be fetched leaves a gap; the
 * table beside the charts says that the console does not answer.
 */
export function keepCharts(region: HTMLElement): void {
  const rows: Row[] = [];
  const charts = [...region.querySelectorAll<HTMLElement>('[data-chart]')].map(chartIn);
  const refresh = async () => {
    if (document.hidden) return;
    const after = rows.at(-1)?.[0] ?? 0;
    const answer = await fetch(`${region.dataset['throughput'] ?? ''}?after=${after}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    if (!answer.ok) return;
    const { rows: more } = (await answer.json()) as { rows: Row[] };
    rows.push(...more);
    rows.splice(0, rows.length - MOST_ROWS);
    for (const chart of charts) chart.show(rows);
  };
  const again = () =>
    void refresh()
      .catch(() => undefined)
      .finally(() => setTimeout(again, EVERY_MS));
  again();
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const chart of charts) chart.redraw();
  });
}

/** One chart in its place, with the width of the place. */
function chartIn(place: HTMLElement): Chart {
  const { chart: unit = '', column = '1', series = '1' } = place.dataset;
  const first = Number(column);
  const columns = Array.from({ length: Number(series) }, (_, at) => first + at);
  const outputs = [...(place.parentElement?.querySelectorAll('output') ?? [])];
  let plot: uPlot | undefined;
  let shown: readonly Row[] = [];

  const data = () => [0, ...columns].map((at) => shown.map((row) => row[at] ?? null)) as uPlot.AlignedData;
  const redraw = () => {
    plot?.destroy();
    plot = new uPlot(optionsOf(place, columns.length, unit, tell), data(), place);
    tell(undefined);
  };
  const show = (rows: readonly Row[]) => {
    shown = rows;
    if (!plot) {
      redraw();
      return;
    }
    plot.setData(data());
    tell(plot.cursor.idx ?? undefined);
  };
  /** The numbers at the pointer, or the latest ones. */
  const tell = (index: number | undefined) => {
    const row = index === undefined ? shown.at(-1) : shown[index];
    for (const [at, output] of outputs.entries()) {
      const value = row?.[first + at];
      output.textContent = value === null || value === undefined ? '' : inWords(value, unit);
    }
  };
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT_PX })).observe(place);
  return { show, redraw };
}

function optionsOf(
  place: HTMLElement,
  count: number,
  unit: string,
  tell: (index: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--text'),
    grid: { stroke: colour('--line') },
    ticks: { stroke: colour('--line') },
  };
  return {
    ...{ width: place.clientWidth, height: HEIGHT_PX, legend: { show: false } },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      { ...axis, values: (_, splits) => splits.map(clock) },
      { ...axis, size: AXIS_PX, values: (_, splits) => splits.map((value) => inWords(value, unit)) },
    ],
    series: [
      {},
      ...Array.from({ length: count }, (_, at) => ({
        ...{ stroke: colour(`--series-${at + 1}`), width: 2 },
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor: { idx } }) => tell(idx ?? undefined)] },
  };
}

/** Three digits say enough. */
function inWords(value: number, unit: string): string {
  const isShort = unit === 's' && value > 0 && value < 1;
  return `${Number((isShort ? 1_000 * value : value).toPrecision(3))} ${isShort ? 'ms' : unit}`;
}

/** Hours and minutes in UTC, as everywhere in the console. */
function clock(seconds: number): string {
  return new Date(1_000 * seconds).toISOString().slice(11, 16);
}
