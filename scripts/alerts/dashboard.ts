import type { Dashboard, Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { VariableType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';

interface Panel {
  readonly title: string;
  readonly unit: string;
  /** PromQL, with the legend of its series. */
  readonly queries: readonly (readonly [expression: string, legend: string])[];
}

const PANELS: readonly Panel[] = [
  {
    title: 'Events stored, and settled by the bridge',
    unit: 'ops',
    queries: [
      ['max(rate(sagaline_stream_last_sequence{stream="EVENTS"}[1m]))', 'stored'],
      ['sum by (outcome) (rate(sagaline_bridge_event_duration_seconds_count[1m]))', '{{outcome}}'],
    ],
  },
  {
    title: 'Settled ÷ stored',
    unit: 'percentunit',
    queries: [
      [
        'sum(rate(sagaline_bridge_event_duration_seconds_count{outcome!="released"}[5m])) / max(rate(sagaline_stream_last_sequence{stream="EVENTS"}[5m]))',
        'bridge',
      ],
    ],
  },
  {
    title: 'Events that wait, by group',
    unit: 'short',
    queries: [['sagaline_group_lag', '{{group}}']],
  },
  {
    title: 'Age of the oldest event, by group',
    unit: 's',
    queries: [
      ['sagaline_group_oldest_seconds', '{{group}}'],
      ['topk(5, sagaline_partition_oldest_seconds)', '{{group}} {{partition}}'],
    ],
  },
  {
    title: 'Age of events at their settlement and first effect, p99',
    unit: 's',
    queries: [
      [
        'histogram_quantile(0.99, sum by (le) (rate(sagaline_bridge_event_age_seconds_bucket[5m])))',
        'bridge',
      ],
      [
        'histogram_quantile(0.99, sum by (le, subscription) (rate(sagaline_subscription_event_age_seconds_bucket[5m])))',
        '{{subscription}}',
      ],
      [
        'histogram_quantile(0.99, sum by (le) (rate(sagaline_event_first_effect_age_seconds_bucket[5m])))',
        'first effect',
      ],
    ],
  },
  {
    title: 'Open workflows',
    unit: 'short',
    queries: [['sagaline_sagas_open', '{{workflow}} {{state}}']],
  },
  {
    title: 'Struggling steps',
    unit: 'short',
    queries: [['sagaline_steps_struggling', '{{step}}: {{cause}}']],
  },
  {
    title: 'Attempts of steps that failed',
    unit: 'ops',
    queries: [
      [
        'sum by (activity, outcome) (rate(sagaline_step_attempt_duration_seconds_count{outcome!="done"}[1m]))',
        '{{activity}} {{outcome}}',
      ],
    ],
  },
  {
    title: 'Calls of providers',
    unit: 'ops',
    queries: [
      [
        'sum by (provider, status) (rate(sagaline_provider_call_duration_seconds_count[1m]))',
        '{{provider}} {{status}}',
      ],
    ],
  },
  {
    title: 'Calls of providers, p99',
    unit: 's',
    queries: [
      [
        'histogram_quantile(0.99, sum by (le, provider) (rate(sagaline_provider_call_duration_seconds_bucket[5m])))',
        '{{provider}}',
      ],
    ],
  },
  {
    title: 'Tasks that wait, by queue and version',
    unit: 'short',
    queries: [['sagaline_queue_backlog', '{{task_queue}} {{kind}} {{build_id}}']],
  },
  {
    title: 'Free slots of the workers',
    unit: 'short',
    queries: [
      [
        'sum by (task_queue, worker_type) (temporal_worker_task_slots_available)',
        '{{task_queue}} {{worker_type}}',
      ],
    ],
  },
  {
    title: 'Open dead letters',
    unit: 'short',
    queries: [['sum by (reason) (sagaline_dead_letters_open)', '{{reason}}']],
  },
  {
    title: 'Outbox rows that wait',
    unit: 'short',
    queries: [['max by (lane) (sagaline_outbox_rows)', '{{lane}}']],
  },
  {
    title: 'Used part of each stream',
    unit: 'percentunit',
    queries: [['max by (stream) (sagaline_stream_fill_ratio)', '{{stream}}']],
  },
  {
    title: 'Versions',
    unit: 'short',
    queries: [['sum by (role, version) (sagaline_build_info)', '{{role}} {{version}}']],
  },
];

const COLUMNS = 2;
const WIDTH = 12;
const HEIGHT = 8;

/** deploy/observability/dashboard.json, by Grafana's own types: a field that Grafana does not know does not compile. */
export function dashboard(): string {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the form of the files that Grafana 12 reads at its start
  const model: Dashboard = {
    title: 'Sagaline',
    uid: 'sagaline',
    tags: ['made by scripts/alerts.mjs'],
    schemaVersion: 39,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    annotations: { list: [] },
    templating: {
      list: [{ name: 'datasource', type: VariableType.Datasource, query: 'prometheus', label: 'Prometheus' }],
    },
    panels: PANELS.map(panel),
  };
  return `${JSON.stringify(model, undefined, 2)}\n`;
}

function panel({ title, unit, queries }: Panel, index: number): GrafanaPanel {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  const targets = queries.map(([expr, legendFormat], at): Dataquery => ({
    ...{ refId: String.fromCharCode('A'.charCodeAt(0) + at), datasource, expr, legendFormat },
    // The mark of the types; no JSON has it.
    _implementsDataqueryVariant: () => undefined,
  }));
  return {
    ...{ id: index + 1, title, type: 'timeseries', datasource },
    gridPos: {
      ...{ w: WIDTH, h: HEIGHT, x: (index % COLUMNS) * WIDTH },
      y: Math.floor(index / COLUMNS) * HEIGHT,
    },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets,
  };
}
