/** Calls to Temporal's frontend by name, from its own metrics: only those of one namespace, without the server's own. */
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

/** The server's metrics replace every character that is not a letter, a digit or an underscore. */
function labelOf(namespace: string): string {
  return namespace.replaceAll(/\W/g, '_');
}
