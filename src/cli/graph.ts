import type { Catalogue } from '../contracts';

/** Which event leads to which workflow, and how. */
export interface Edge {
  readonly route: string;
  readonly event: string;
  readonly workflow: string;
  readonly opens: boolean;
  readonly conditional: boolean;
  readonly onMissing: 'deadLetter' | 'discard';
  readonly onClosed: 'deadLetter' | 'discard';
}

export interface Graph {
  readonly edges: readonly Edge[];
  /** Events that no workflow waits for: those that the activities publish are among them, but not only those. */
  readonly unrouted: readonly string[];
}

export function graphOf({ routes, contracts }: Pick<Catalogue, 'routes' | 'contracts'>): Graph {
  const edges = routes.map(({ name, event, workflow, opens, condition, onMissing, onClosed }) => ({
    route: name,
    event: event.type,
    workflow: workflow.name,
    opens,
    conditional: condition !== undefined,
    onMissing,
    onClosed,
  }));
  const routed = new Set(edges.map(({ event }) => event));
  // An older version takes the way of the one that it is brought to.
  const upcast = new Set(contracts.flatMap((contract) => contract.upcast?.from ?? []));
  const unrouted = contracts.map(({ type }) => type).filter((type) => !routed.has(type) && !upcast.has(type));
  return { edges, unrouted };
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

function arrow({ opens, conditional }: Edge): string {
  return `${opens ? '◂══' : '◂──'}${conditional ? '?' : ' '}`;
}

export const GRAPH_LEGEND = '◂══ opens the workflow, ◂── reaches an open one, ? some of these events only';

/** https://mermaid.js.org/syntax/flowchart.html: thick where the event opens the workflow, dotted where there is a condition. */
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

function mermaidArrow({ opens, conditional }: Edge): string {
  return conditional ? '-.->' : opens ? '==>' : '-->';
}

function label({ opens, conditional }: Edge): string {
  return `"${opens ? 'opens' : 'reaches'}${conditional ? ', if' : ''}"`;
}
