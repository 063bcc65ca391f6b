import * as dagre from '@dagrejs/dagre';
import type { Html, Part } from './html';
import { html } from './html';

/** Width of a character at the size of the style sheet, on the wide side, in pixels. */
export const CHARACTER_WIDTH = 7;

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Size {
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
  setEdge(from: string, to: string, label?: object): unknown;
  graph(): Size;
  node(name: string): Point & Size;
  edge(from: string, to: string): { readonly points: readonly Point[] };
}
const { graphlib, layout } = dagre as unknown as Dagre;

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Columns or rows between the two, at least. Default: 1 */
  readonly length?: number;
}

/** Where everything is; `left` is below zero where an arrow leads around the boxes. */
export interface Drawing extends Size {
  readonly left: number;
  /** The middle of a box, and its size. */
  box(name: string): Point & Size;
  line(arrow: Arrow): string;
}

/** Lays out a directed graph: from top to bottom, or from left to right. */
export function drawingOf(
  boxes: ReadonlyMap<string, Size>,
  arrows: readonly Arrow[],
  { direction }: { readonly direction: 'down' | 'right' },
): Drawing {
  const graph = new graphlib.Graph();
  const isDown = direction === 'down';
  graph.setGraph({
    ...{ rankdir: isDown ? 'TB' : 'LR', nodesep: isDown ? 24 : 12, ranksep: 44, marginx: 8, marginy: 8 },
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [name, size] of boxes) graph.setNode(name, { ...size });
  for (const { from, to, length: minlen = 1 } of arrows) graph.setEdge(from, to, { minlen });
  layout(graph);
  // An arrow may lead around the boxes, outside of what dagre calls the graph's width.
  const points = arrows.flatMap(({ from, to }) => graph.edge(from, to).points);
  const { width: right, height } = graph.graph();
  const left = Math.floor(Math.min(0, ...points.map(({ x }) => x)));
  return {
    ...{ left, width: Math.ceil(Math.max(right, ...points.map(({ x }) => x))) - left },
    height: Math.ceil(height),
    box: (name) => graph.node(name),
    line: ({ from, to }) => lineThrough(graph.edge(from, to).points),
  };
}

function lineThrough(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${round(x)},${round(y)}`).join(' ');
}

/** Enough digits for a screen. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The drawing as a picture with a name for those who cannot see it; it scrolls where the screen is too narrow. */
export function picture(
  { left, width, height }: Drawing,
  { kind, title, label = title }: { readonly kind: string; readonly title: string; readonly label?: string },
  content: readonly Part[],
): Html {
  return html`<div class="diagram ${kind}" role="region" aria-label="${title}" tabindex="0">
    <svg
      width="${width}"
      height="${height}"
      viewBox="${left} 0 ${width} ${height}"
      role="img"
      aria-label="${label}"
    >
      ${content}
    </svg>
  </div>`;
}

/** The outline of a box. */
export function outline({ x, y, width, height }: Point & Size): Html {
  return html`<rect
    x="${round(x - width / 2)}"
    y="${round(y - height / 2)}"
    width="${round(width)}"
    height="${round(height)}"
    rx="6"
  />`;
}
