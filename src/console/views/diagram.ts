import type { Transition } from '../../contracts';
import { CHARACTER_WIDTH, drawingOf, outline, picture, round } from './graph';
import type { Html } from './html';
import { html } from './html';

const PADDING = 24;
const HEIGHT = 30;
const ARROW_HEAD = html`<defs>
  <marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
    <path d="M0,0 L8,4 L0,8 z" />
  </marker>
</defs>`;

/**
 * The state machine of a process as SVG. Transitions between the same states are one arrow; what leads along it is in its
 * title.
 *
 * @param where.here the present state
 * @param where.been the states that the process has had
 */
export function stateDiagram(
  transitions: readonly Transition[],
  where: { readonly here: string; readonly been: ReadonlySet<string> },
): Html {
  const states = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];
  const arrows = new Map<string, { from: string; to: string; on: string[] }>();
  for (const { from, on, to } of transitions) {
    const name = JSON.stringify([from, to]);
    const arrow = arrows.get(name) ?? { from, to, on: [] };
    arrow.on.push(on);
    arrows.set(name, arrow);
  }
  const sizes = states.map(
    (state) => [state, { width: state.length * CHARACTER_WIDTH + PADDING, height: HEIGHT }] as const,
  );
  const drawing = drawingOf(new Map(sizes), [...arrows.values()], { direction: 'down' });
  const label = `State diagram: the process is ${where.here}`;
  return picture(drawing, { kind: 'scroll', title: 'State diagram', label }, [
    ARROW_HEAD,
    ...[...arrows.values()].map(
      (arrow) =>
        html`<g class="edge">
          <title>${arrow.from} to ${arrow.to}: ${arrow.on.join(', ')}</title>
          <path d="${drawing.line(arrow)}" marker-end="url(#arrow)" />
        </g>`,
    ),
    ...states.map((state) => {
      const box = drawing.box(state);
      const kind = state === where.here ? 'here' : where.been.has(state) ? 'been' : '';
      return html`<g class="${kind}">
        ${kind === 'here' && html`<title>you are here</title>`} ${outline(box)}
        <text x="${round(box.x)}" y="${round(box.y + 4)}">${state}</text>
      </g>`;
    }),
  ]);
}
