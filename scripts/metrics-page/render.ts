/** A metric as a process exports it. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** The processes that export it; all pools are `worker`. */
  readonly roles: readonly string[];
}

/** The metrics in Prometheus' text format, without their samples. */
export function familiesIn(text: string, role: string): Family[] {
  const help = new Map(
    [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', words = '']) => [name, words]),
  );
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({
    ...{ name, type, help: help.get(name) ?? '', roles: [role] },
  }));
}

/** The same metric of several processes is one. */
export function merged(families: readonly Family[]): Family[] {
  const found = new Map<string, Family>();
  for (const family of families) {
    const roles = [...new Set([...(found.get(family.name)?.roles ?? []), ...family.roles])].sort();
    found.set(family.name, { ...(found.get(family.name) ?? family), roles });
  }
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
}

/** docs/metrics.md. */
export function metricsPage(families: readonly Family[]): string {
  const own = merged(families).filter(({ name }) => name.startsWith('sagaline_'));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = own.map(({ name, type, help, roles }) => line([`\`${name}\``, type, roles.join(', '), help]));
  const headings = ['metric', 'type', 'exported by', 'meaning'];
  return `<!-- Held by test/shop/e2e/metrics.test.ts against what the processes export: change the help texts in src/adapters/prometheus. -->

# Metrics

\`\`\`
curl -s localhost:8081/metrics
\`\`\`

Each process serves \`/metrics\` in Prometheus' text format on \`HEALTH_HOST\` and \`HEALTH_PORT\`. The label \`role\` has the name of the
process. The role \`console\` exports the state of the whole system; the other roles export their own work. Durations and ages are in
seconds, sizes in bytes.

- Alert rules: \`deploy/observability/alerts.yml\`, with [runbooks](runbooks.md). Dashboard for Grafana: \`deploy/observability/dashboard.json\`.
- Each process has the metrics of Node.js, \`process_…\` and \`nodejs_…\`, by prom-client.
- Each worker has those of Temporal's SDK, \`temporal_…\`, such as \`temporal_worker_task_slots_available{worker_type}\` and
  \`temporal_activity_schedule_to_start_latency_seconds\`: https://docs.temporal.io/references/sdk-metrics
- Settled ÷ stored: \`sum(rate(sagaline_bridge_event_duration_seconds_count{outcome!="released"}[5m]))\` divided by
  \`max(rate(sagaline_stream_last_sequence{stream="EVENTS"}[5m]))\`.

${[line(headings), line(headings.map(() => '---')), ...rows].join('\n')}
`;
}
