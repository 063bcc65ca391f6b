import type { Catalogue, Route } from '../../contracts';

/** Which event leads to which workflow, and how. */
export interface Edge {
  readonly route: string;
  readonly event: string;
  readonly workflow: string;
  /** Whether the event opens the workflow, only reaches an open one, or joins a batch. */
  readonly how: 'opens' | 'reaches' | 'batches';
  readonly conditional: boolean;
  /** What happens when no workflow is open; `open` opens one. */
  readonly onMissing: 'open' | 'deadLetter' | 'discard';
  readonly onClosed: 'open' | 'deadLetter' | 'discard';
}

export interface Graph {
  readonly edges: readonly Edge[];
  /** Events that no route takes. Those that the activities publish are among them, but not only those. */
  readonly unrouted: readonly string[];
}

export function graphOf({ routes, contracts }: Pick<Catalogue, 'routes' | 'contracts'>): Graph {
  const edges = routes.map((route) => ({
    route: route.name,
    event: route.event.type,
    workflow: route.workflow.name,
    conditional: route.condition !== undefined,
    ...mannerOf(route),
  }));
  const routed = new Set(edges.map(({ event }) => event));
  // An older version of an event takes the routes of the version that it is upcast to.
  const upcast = new Set(contracts.flatMap((contract) => contract.upcast?.from ?? []));
  const unrouted = contracts.map(({ type }) => type).filter((type) => !routed.has(type) && !upcast.has(type));
  return { edges, unrouted };
}

function mannerOf(route: Route): Pick<Edge, 'how' | 'onMissing' | 'onClosed'> {
  if (route.batch) return { how: 'batches', onMissing: 'open', onClosed: 'open' };
  const { opens, onMissing, onClosed } = route;
  return opens ? { how: 'opens', onMissing: 'open', onClosed } : { how: 'reaches', onMissing, onClosed };
}

export function graphAsText({ edges, unrouted }: Graph): string {
  const workflows = [...new Set(edges.map(({ workflow }) => workflow))];
  return [
    ...workflows.flatMap((name) => [
      name,
      ...edges.filter(({ workflow }) => workflow === name).map((edge) => `  ${arrow(edge)} ${edge.event}`),
    ]),
    ...(unrouted.length === 0 ? [] : ['(no workflow)', ...unrouted.map((type) => `  ◂    ${type}`)]),
  ].join('\n');
}

const ARROWS = { opens: '◂══', reaches: '◂──', batches: '◂≡≡' } as const;

function arrow({ how, conditional }: Edge): string {
  return `${ARROWS[how]}${conditional ? '?' : ' '}`;
}

export const GRAPH_LEGEND =
  '◂══ opens the workflow, ◂── reaches an open one, ◂≡≡ joins a batch, ? some of these events only';

/**
 * Renders the graph in Mermaid (https://mermaid.js.org/syntax/flowchart.html): a thick edge where the event opens the workflow, a
 * dotted one where the route has a condition.
 */
export function graphAsMermaid({ edges, unrouted }: Graph): string {
  const types = [...new Set([...edges.map(({ event }) => event), ...unrouted])];
  const workflows = [...new Set(edges.map(({ workflow }) => workflow))];
  const eventId = (type: string) => `e${types.indexOf(type)}`;
  const workflowId = (name: string) => `w${workflows.indexOf(name)}`;
  return [
    'flowchart LR',
    ...types.map((type) => `  ${eventId(type)}(["${type}"])`),
    ...workflows.map((name) => `  ${workflowId(name)}[["${name}"]]`),
    ...edges.map(
      (edge) => `  ${eventId(edge.event)} ${mermaidArrow(edge)}|${label(edge)}| ${workflowId(edge.workflow)}`,
    ),
  ].join('\n');
}

function mermaidArrow({ how, conditional }: Edge): string {
  return conditional ? '-.->' : how === 'reaches' ? '-->' : '==>';
}

function label({ how, conditional }: Edge): string {
  return `"${how}${conditional ? ', if' : ''}"`;
}
