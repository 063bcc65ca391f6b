import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The costs of one recorded scenario of an order, counted in its history. */
export interface ScenarioCost {
  readonly scenario: string;
  readonly workflowTasks: number;
  readonly historyEvents: number;
  /** Ordinary activities: each is a round trip to another pool. */
  readonly activities: number;
  /** Steps on the workflow's own database, as local activities. */
  readonly localActivities: number;
  readonly timers: number;
  readonly signals: number;
}

const HISTORIES = path.resolve(__dirname, '../../test/shop/replay/histories');

/** The costs of the recorded orders, the cheapest first. Histories of other workflows are left out. */
export function recordedCosts(): ScenarioCost[] {
  return readdirSync(HISTORIES)
    .map((file) => ({ scenario: path.basename(file, '.json'), types: typesIn(file) }))
    .flatMap(({ scenario, types }) => (types ? [costOf(scenario, types)] : []))
    .sort(
      (one, other) => one.historyEvents - other.historyEvents || one.scenario.localeCompare(other.scenario),
    );
}

interface RecordedEvent {
  readonly eventType: string;
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
  readonly markerRecordedEventAttributes?: { readonly markerName: string };
}

/** The types of the events as strings; a marker has its name instead of its type. */
function typesIn(file: string): string[] | undefined {
  const { events } = JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8')) as {
    events: RecordedEvent[];
  };
  const [started] = events;
  if (started?.workflowExecutionStartedEventAttributes?.workflowType.name !== 'order') return undefined;
  return events.map(
    ({ eventType, markerRecordedEventAttributes: marker }) => marker?.markerName ?? eventType,
  );
}

function costOf(scenario: string, types: readonly string[]): ScenarioCost {
  const count = (wanted: string) => types.filter((type) => type === wanted).length;
  return {
    scenario,
    workflowTasks: count('EVENT_TYPE_WORKFLOW_TASK_COMPLETED'),
    historyEvents: types.length,
    activities: count('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'),
    localActivities: count('core_local_activity'),
    timers: count('EVENT_TYPE_TIMER_STARTED'),
    signals: count('EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED'),
  };
}
