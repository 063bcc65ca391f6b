// Runs in the page: draws each chart's figures as bars, each with its spread and its target.
/* global document, uPlot */

const BAR_PX = 34;
const AROUND_PX = 46;
const LABELS_PX = 520;
const WIDTH_PX = 1100;
/** By the result for the target: none, met, not met. */
const COLOURS = ['#4878a8', '#3a8a55', '#c0392b'];

for (const element of document.querySelectorAll('[data-chart]'))
  draw(element, JSON.parse(element.dataset.chart));

/** @param chart `{ unit, figures }`, the figures as in the JSON, each with its `target` as a number */
function draw(element, { unit, figures }) {
  const places = figures.map((_, at) => at);
  const classOf = ({ met }) => (met === undefined ? 0 : met ? 1 : 2);
  const most = Math.max(...figures.flatMap(({ value, spread, limit }) => [value, spread[1], limit ?? 0]), 0);
  const least = Math.min(...figures.flatMap(({ value, spread }) => [value, spread[0]]), 0);
  new uPlot(
    {
      width: WIDTH_PX,
      height: figures.length * BAR_PX + AROUND_PX,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, ori: 1, dir: -1, range: [-0.5, figures.length - 0.5] },
        y: { ori: 0, dir: 1, range: [least * 1.05, most * 1.12 || 1] },
      },
      axes: [
        {
          scale: 'x',
          side: 3,
          size: LABELS_PX,
          splits: () => places,
          values: (_, splits) => splits.map((at) => figures[at]?.label ?? ''),
          grid: { show: false },
          ticks: { show: false },
          font: '12px sans-serif',
        },
        { scale: 'y', side: 2, label: unit, labelSize: 18, size: 26, font: '11px sans-serif' },
      ],
      series: [
        {},
        ...COLOURS.map((fill) => ({
          fill,
          stroke: fill,
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars({ size: [0.6, BAR_PX] }),
        })),
      ],
      hooks: { draw: [(plot) => drawAround(plot, figures)] },
    },
    [
      places,
      ...COLOURS.map((_, kind) => figures.map((figure) => (classOf(figure) === kind ? figure.value : null))),
    ],
    element,
  );
}

/** Whiskers from the smallest to the largest repeat, a dashed line at the target, and the value in digits. */
function drawAround(plot, figures) {
  const { ctx } = plot;
  const scale = ctx.canvas.width / WIDTH_PX;
  ctx.save();
  ctx.lineWidth = 1.5 * scale;
  ctx.font = `${11 * scale}px sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  figures.forEach(({ spread, limit, digits }, at) => {
    const middle = plot.valToPos(at, 'x', true);
    const [from, to] = spread.map((value) => plot.valToPos(value, 'y', true));
    const half = (BAR_PX / 6) * scale;
    line(
      ctx,
      '#222',
      [],
      [from, middle, to, middle],
      [from, middle - half, from, middle + half],
      [to, middle - half, to, middle + half],
    );
    if (limit !== undefined) {
      const x = plot.valToPos(limit, 'y', true);
      line(ctx, '#d08000', [4 * scale, 3 * scale], [x, middle - 3 * half, x, middle + 3 * half]);
    }
    ctx.fillStyle = '#222';
    ctx.fillText(digits, to + 4 * scale, middle);
  });
  ctx.restore();
}

function line(ctx, colour, dash, ...parts) {
  ctx.strokeStyle = colour;
  ctx.setLineDash(dash);
  ctx.beginPath();
  for (const [x1, y1, x2, y2] of parts) {
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
  }
  ctx.stroke();
}
