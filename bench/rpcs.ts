/** Calls to Temporal's frontend by name, as its own metrics count them: of one namespace only, not the server's own. */
export async function rpcsOf({
  temporalMetricsUrl,
  namespace,
}: {
  readonly temporalMetricsUrl: string;
  readonly namespace: string;
}): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(temporalMetricsUrl)).text();
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('service_requests{')) continue;
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1];
    if (label('service_name') !== 'frontend' || label('namespace') !== labelOf(namespace)) continue;
    const operation = label('operation') ?? '';
    counts.set(operation, (counts.get(operation) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  if (counts.size === 0) throw new Error('Temporal tells no service_requests of its frontend');
  return counts;
}

/** The server's metrics replace what is no letter, digit or underscore. */
function labelOf(namespace: string): string {
  return namespace.replaceAll(/\W/g, '_');
}
