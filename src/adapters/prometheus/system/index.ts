import type { Registry } from 'prom-client';
import type { Part, SystemSnapshot } from '../../../observability';
import { backlogGauges } from './backlogs';
import { eventGauges } from './events';
import { entriesOf, gaugesOf } from './gauge';
import { workflowGauges } from './workflows';

/**
 * Exports the snapshot of the whole system, read at each scrape. A part whose server does not answer exports nothing,
 * because an old number would look like a present one: `sagaline_system_part_up` is 0 then.
 */
export function systemMetrics(registry: Registry, latest: () => SystemSnapshot): void {
  const gauge = gaugesOf(registry, latest);
  gauge(
    'sagaline_system_part_up',
    '1 for a part of the system whose latest check had an answer',
    ['part'],
    (snapshot) => partsOf(snapshot).map(([part, { kind }]) => [{ part }, kind === 'known' ? 1 : 0]),
  );
  gauge(
    'sagaline_system_part_timestamp_seconds',
    'When a part of the system was checked last',
    ['part'],
    (snapshot) => partsOf(snapshot).map(([part, { at }]) => [{ part }, Date.parse(at) / 1_000]),
  );
  eventGauges(registry, gauge, latest);
  workflowGauges(gauge);
  backlogGauges(gauge);
  gauge(
    'sagaline_paused',
    '1 for what an operator has paused: a route, a pool or a provider',
    ['kind', 'name'],
    ({ pauses }) => entriesOf(pauses).map(({ kind, name }) => [{ kind, name }, 1]),
  );
}

function partsOf(snapshot: SystemSnapshot): [string, Part<unknown>][] {
  return Object.entries(snapshot).flatMap(([name, part]: [string, string | Part<unknown>]) =>
    typeof part === 'string' ? [] : [[name, part]],
  );
}
