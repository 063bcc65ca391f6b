import type { RoutedDomain } from './catalogue';
import { recurrenceProblems } from './recurrence-problems';
import type { AccumulatingRoute, BatchPolicy, DeliveringRoute, Route } from './route';
import { MAX_BATCH_SIZE, MAX_BATCH_WAIT_MS } from './route';

/** What is wrong with the routes of one domain: each line names the route and says what to do. */
export function routeProblems(domain: RoutedDomain): string[] {
  return [
    ...domain.routes.flatMap((route) => problemsOf(route, domain)),
    ...pairProblems(domain),
    ...domain.workflows.flatMap((workflow) => recurrenceProblems(workflow, domain)),
  ];
}

function problemsOf(route: Route, domain: RoutedDomain): string[] {
  const { event, workflow } = route;
  const problems: string[] = [];
  if (!domain.events.some(({ type }) => type === event.type)) {
    problems.push(`${event.type} is not among the events of domain "${domain.name}"; declare it there`);
  }
  const declared = domain.workflows.find(({ name }) => name === workflow.name);
  if (!declared) {
    problems.push(`domain "${domain.name}" has no workflow "${workflow.name}"; route to one of its own`);
  }
  if (domain.events.some((newer) => newer.upcast?.from === event.type)) {
    problems.push(`${event.type} is upcast before it is routed; route its newer version`);
  }
  problems.push(...kindProblems(route, declared?.accumulates === true), ...strayParts(route));
  if (route.accumulate) problems.push(...policyProblems(route.accumulate));
  return problems.map((problem) => `route "${route.name}": ${problem}`);
}

function kindProblems({ workflow, accumulate }: Route, declaredAccumulates: boolean): string[] {
  const accumulates = workflow.accumulates === true || declaredAccumulates;
  if (accumulates && !accumulate) {
    return [`"${workflow.name}" is an accumulator; give the route \`accumulate\`, or another workflow`];
  }
  if (!accumulates && accumulate) {
    return [`"${workflow.name}" is no accumulator; drop \`accumulate\`, or route to an accumulator`];
  }
  return [];
}

const TRIGGER = ['name', 'event', 'condition', 'workflow'];
const DELIVERING: readonly (keyof DeliveringRoute)[] = ['opens', 'onMissing', 'onClosed'];
const ACCUMULATING: readonly (keyof AccumulatingRoute)[] = ['accumulate'];

/** The types refuse these too, where they see them. */
function strayParts(route: Route): string[] {
  const known: readonly string[] = [...TRIGGER, ...(route.accumulate ? ACCUMULATING : DELIVERING)];
  const given = Object.keys(route).filter((part) => !known.includes(part));
  return given.map((part) => {
    if (part === 'key') {
      return '`key`: a workflow has the key of its events, by which the stream keeps them in sequence; change `key` of the contract';
    }
    if ((DELIVERING as readonly string[]).includes(part)) {
      return `\`${part}\` goes with no \`accumulate\`: an accumulator is always opened, and never late; drop one of them`;
    }
    return `\`${part}\` is not a part of a route; drop it`;
  });
}

function policyProblems({ size, withinMs, debounceMs }: BatchPolicy): string[] {
  return [
    ...outOfBounds('size', size, MAX_BATCH_SIZE),
    ...outOfBounds('withinMs', withinMs, MAX_BATCH_WAIT_MS),
    ...(debounceMs === undefined ? [] : outOfBounds('debounceMs', debounceMs, MAX_BATCH_WAIT_MS)),
    ...(debounceMs !== undefined && debounceMs >= withinMs
      ? ['`accumulate.debounceMs` is not less than `withinMs`, and would never count; shorten it or drop it']
      : []),
  ];
}

function outOfBounds(part: keyof BatchPolicy, value: number, max: number): string[] {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return [];
  return [`\`accumulate.${part}\` is ${String(value)}; give it a whole number from 1 to ${max}`];
}

/** What no route has by itself, but two have together. */
function pairProblems({ routes }: RoutedDomain): string[] {
  return routes.flatMap((route, at) =>
    routes.slice(at + 1).flatMap((other) => {
      const pair = `routes "${route.name}" and "${other.name}"`;
      if (route.workflow.name !== other.workflow.name) return [];
      if (route.event.type === other.event.type) {
        return [
          `${pair}: both lead from ${route.event.type} to ${route.workflow.name}; make one of them, with one condition`,
        ];
      }
      if (route.accumulate && other.accumulate && !isSame(route.accumulate, other.accumulate)) {
        return [
          `${pair}: they fill the batches of ${route.workflow.name} by two policies; give them the same \`accumulate\``,
        ];
      }
      return [];
    }),
  );
}

function isSame(one: BatchPolicy, other: BatchPolicy): boolean {
  return one.size === other.size && one.withinMs === other.withinMs && one.debounceMs === other.debounceMs;
}
