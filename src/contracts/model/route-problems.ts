import type { RoutedDomain } from './catalogue';
import { recurrenceProblems } from './recurrence-problems';
import type { BatchingRoute, BatchPolicy, DeliveringRoute, Route } from './route';
import { MAX_BATCH_SIZE, MAX_BATCH_WAIT_MS } from './route';

/** The problems of the routes of one domain: each line names the route and says what to do. */
export function routeProblems(domain: RoutedDomain): string[] {
  return [
    ...domain.routes.flatMap((route) => problemsOf(route, domain)),
    ...pairProblems(domain),
    ...beginningProblems(domain),
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
  problems.push(...kindProblems(route, declared?.batches === true), ...strayParts(route));
  problems.push(...(route.batch ? policyProblems(route.batch) : deliveryProblems(route)));
  return problems.map((problem) => `route "${route.name}": ${problem}`);
}

function kindProblems({ workflow, batch }: Route, declaredBatches: boolean): string[] {
  const batches = workflow.batches === true || declaredBatches;
  if (batches && !batch) {
    return [`"${workflow.name}" is a batcher; give the route \`batch\`, or another workflow`];
  }
  if (!batches && batch) {
    return [`"${workflow.name}" is no batcher; drop \`batch\`, or route to a batcher`];
  }
  return [];
}

const TRIGGER = ['name', 'event', 'condition', 'workflow'];
const DELIVERING: readonly (keyof DeliveringRoute)[] = ['opens', 'waitsIn', 'onMissing', 'onClosed'];
const BATCHING: readonly (keyof BatchingRoute)[] = ['batch'];

/**
 * Fields that do not belong to this kind of route. The types refuse them too, but only where the compiler sees the
 * route.
 */
function strayParts(route: Route): string[] {
  const known: readonly string[] = [...TRIGGER, ...(route.batch ? BATCHING : DELIVERING)];
  const given = Object.keys(route).filter((part) => !known.includes(part));
  return given.map((part) => {
    if (part === 'key') {
      return '`key`: a workflow has the key of its events, by which the stream keeps them in sequence; change `key` of the contract';
    }
    if ((DELIVERING as readonly string[]).includes(part)) {
      return `\`${part}\` goes with no \`batch\`: a batcher is always opened, and never late; drop one of them`;
    }
    return `\`${part}\` is not a part of a route; drop it`;
  });
}

const OUTCOMES: readonly unknown[] = ['deadLetter', 'discard'] satisfies DeliveringRoute['onMissing'][];

function deliveryProblems(route: DeliveringRoute): string[] {
  const { opens, waitsIn } = route as { readonly opens: unknown; readonly waitsIn?: unknown };
  return [
    ...(typeof opens === 'boolean' ? [] : ['`opens` must be true or false']),
    ...(waitsIn === undefined || isState(waitsIn)
      ? []
      : ['`waitsIn` must be the state in which the workflow waits, a text without quotes']),
    ...(waitsIn !== undefined && opens !== true
      ? ['`waitsIn` is for an event that opens the workflow; add `opens: true`, or drop it']
      : []),
    ...(waitsIn !== undefined && route.workflow.recurs === true
      ? [`\`waitsIn\`: every opening event of "${route.workflow.name}" begins an occurrence; drop it`]
      : []),
    ...(['onMissing', 'onClosed'] as const)
      .filter((part) => !OUTCOMES.includes(route[part]))
      .map((part) => `\`${part}\` must be "deadLetter" or "discard"`),
  ];
}

/** It becomes a part of a query of Temporal's. */
function isState(state: unknown): boolean {
  return typeof state === 'string' && /^[^\s'"\\]+$/.test(state);
}

function policyProblems({ size, withinMs, debounceMs }: BatchPolicy): string[] {
  return [
    ...outOfBounds('size', size, MAX_BATCH_SIZE),
    ...outOfBounds('withinMs', withinMs, MAX_BATCH_WAIT_MS),
    ...(debounceMs === undefined ? [] : outOfBounds('debounceMs', debounceMs, MAX_BATCH_WAIT_MS)),
    ...(debounceMs !== undefined && debounceMs >= withinMs
      ? ['`batch.debounceMs` is not less than `withinMs`, and would never count; shorten it or drop it']
      : []),
  ];
}

function outOfBounds(part: keyof BatchPolicy, value: number, max: number): string[] {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return [];
  return [`\`batch.${part}\` is ${String(value)}; give it a whole number from 1 to ${max}`];
}

/** Problems that two routes have only together. */
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
      if (route.batch && other.batch && !isSame(route.batch, other.batch)) {
        return [
          `${pair}: they fill the batches of ${route.workflow.name} by two policies; give them the same \`batch\``,
        ];
      }
      return [];
    }),
  );
}

/** A process that events open early must have one that begins it. */
function beginningProblems({ routes }: RoutedDomain): string[] {
  const opening = routes.flatMap((route) => (route.batch || !route.opens ? [] : [route]));
  return opening
    .filter(
      ({ workflow, waitsIn }) =>
        waitsIn !== undefined &&
        !opening.some((other) => other.workflow.name === workflow.name && other.waitsIn === undefined),
    )
    .map(
      ({ name, workflow }) =>
        `route "${name}": \`waitsIn\`, but no route begins ${workflow.name}; drop \`waitsIn\` from one that opens it`,
    );
}

function isSame(one: BatchPolicy, other: BatchPolicy): boolean {
  return one.size === other.size && one.withinMs === other.withinMs && one.debounceMs === other.debounceMs;
}
