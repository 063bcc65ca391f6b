import type { OrderInput } from '../../domains/shop/rules/inputs';
import { INPUTS } from '../../domains/shop/rules/inputs';
import type { Row } from '../../domains/shop/rules/moves';
import { moves, rows, shortName } from '../../domains/shop/rules/moves';
import type { OrderMachineState } from '../../domains/shop/rules/transitions';
import { BACK, isRefusal, TRANSITIONS, UNMATCHED } from '../../domains/shop/rules/transitions';
import { recordedCosts } from './costs';

/**
 * The generated parts of docs/order.md, from the table of transitions and the recorded histories. The text between them is
 * written by hand.
 */

/** Returns the page with its generated parts made again. */
export function withGeneratedParts(page: string): string {
  const parts = { diagram: diagram(), table: table(), costs: costs() };
  return Object.entries(parts).reduce((made, [part, content]) => replaced(made, part, content), page);
}

function replaced(page: string, part: string, content: string): string {
  const [begin, end] = [`<!-- generated: ${part} -->`, `<!-- end: ${part} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no place for the ${part}`);
  return `${page.slice(0, from)}${begin}\n\n${content}\n\n${page.slice(to)}`;
}

/** One arrow for each pair of states. Inputs that are refused, or change no state, are in the table only. */
function diagram(): string {
  const arrows = new Map<string, string[]>();
  for (const { from, input, target } of moves) {
    const arrow = `${idOf(from)} --> ${idOf(target)}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), shortName(input)]);
  }
  const states = [...new Set(moves.flatMap(({ from, target }) => [from, target]))];
  const ends = states.filter((state) => !(state in TRANSITIONS));
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...states.map((state) => `  state "${state}" as ${idOf(state)}`),
    '  [*] --> placing',
    ...[...arrows].map(([arrow, inputs]) => `  ${arrow}: ${inputs.join('<br>')}`),
    ...ends.map((state) => `  ${idOf(state)} --> [*]`),
    '```',
  ].join('\n');
}

function idOf(state: OrderMachineState): string {
  return state.replaceAll('-', '_');
}

function table(): string {
  const lines = rows.map(({ from, input, target }) => [
    from,
    kindOf(input),
    meaningOf(input),
    outcomeOf(from, target),
  ]);
  return aligned([['state', 'input', 'what has happened', 'then'], ...lines]);
}

function kindOf(input: OrderInput): string {
  return input in INPUTS ? INPUTS[input as keyof typeof INPUTS].kind : 'event';
}

function meaningOf(input: OrderInput): string {
  const known = INPUTS[input as keyof typeof INPUTS] as { means: string } | undefined;
  return known ? `\`${input}\`: ${known.means}` : `\`${shortName(input)}\``;
}

function outcomeOf(from: OrderMachineState, target: Row['target']): string {
  if (isRefusal(target)) return `refused: \`${target.refused}\``;
  if (target === BACK) return 'back to where it came from';
  if (target === UNMATCHED) return 'the workflow fails, `unmatched`';
  return target === from ? 'stays' : `**${target}**`;
}

function costs(): string {
  const lines = recordedCosts().map((cost) => [
    `\`${cost.scenario}\``,
    ...[
      cost.workflowTasks,
      cost.historyEvents,
      cost.activities,
      cost.localActivities,
      cost.timers,
      cost.signals,
    ].map(String),
  ]);
  const head = ['scenario', 'workflow tasks', 'history events', 'activities', 'local', 'timers', 'signals'];
  return aligned([head, ...lines]);
}

/** Formats a table as Prettier does, so that a regenerated page is a formatted page. */
function aligned(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
