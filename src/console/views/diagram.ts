import * as dagre from '@dagrejs/dagre';
import type { Transition } from '../../contracts';
import type { Html } from './html';
import { html } from './html';

/** Width of a character at the size of the style sheet, on the wide side, in pixels. */
const CHARACTER_WIDTH = 7;
const PADDING = 24;
const HEIGHT = 30;

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is used of dagre. The package's own types do not resolve by Node's rules: their imports have no extension. */
interface Dagre {
  readonly graphlib: { readonly Graph: new () => Graph };
  readonly layout: (graph: Graph) => void;
}
interface Graph {
  setGraph(label: object): unknown;
  setDefaultEdgeLabel(make: () => object): unknown;
  setNode(name: string, size: Size): unknown;
  setEdge(from: string, to: string): unknown;
  graph(): Size;
  node(name: string): Point & Size;
  edge(from: string, to: string): { readonly points: readonly Point[] };
}
const { graphlib, layout } = dagre as unknown as Dagre;

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
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 44, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const states = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];
  for (const state of states)
    graph.setNode(state, { width: state.length * CHARACTER_WIDTH + PADDING, height: HEIGHT });
  const arrows = new Map<string, { from: string; to: string; on: string[] }>();
  for (const { from, on, to } of transitions) {
    const name = JSON.stringify([from, to]);
    const arrow = arrows.get(name) ?? { from, to, on: [] };
    arrow.on.push(on);
    arrows.set(name, arrow);
    graph.setEdge(from, to);
  }
  layout(graph);
  // An arrow may lead around the boxes, outside of what dagre calls the graph's width.
  const points = [...arrows.values()].flatMap(({ from, to }) => graph.edge(from, to).points);
  const { width: right, height } = graph.graph();
  const left = Math.floor(Math.min(0, ...points.map(({ x }) => x)));
  const width = Math.ceil(Math.max(right, ...points.map(({ x }) => x))) - left;
  return html`<div class="diagram scroll" role="region" aria-label="State diagram" tabindex="0">
    <svg
      width="${width}"
      height="${Math.ceil(height)}"
      viewBox="${left} 0 ${width} ${Math.ceil(height)}"
      role="img"
      aria-label="State diagram: the process is ${where.here}"
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0,0 L8,4 L0,8 z" />
        </marker>
      </defs>
      ${[...arrows.values()].map(
        ({ from, to, on }) =>
          html`<g class="edge">
            <title>${from} to ${to}: ${on.join(', ')}</title>
            <path d="${lineThrough(graph.edge(from, to).points)}" marker-end="url(#arrow)" />
          </g>`,
      )}
      ${states.map((state) => {
        const box = graph.node(state);
        const kind = state === where.here ? 'here' : where.been.has(state) ? 'been' : '';
        return html`<g class="${kind}">
          ${kind === 'here' && html`<title>you are here</title>`}
          <rect
            x="${round(box.x - box.width / 2)}"
            y="${round(box.y - HEIGHT / 2)}"
            width="${round(box.width)}"
            height="${HEIGHT}"
            rx="6"
          />
          <text x="${round(box.x)}" y="${round(box.y + 4)}">${state}</text>
        </g>`;
      })}
    </svg>
  </div>`;
}

function lineThrough(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${round(x)},${round(y)}`).join(' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
