// Checks of docker-compose.cluster.yml, which is laid over docker-compose.yml: each process of ours has to know every server.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { oursIn, sourceOf } from './checks';
import type { Compose } from './compose';

/** A NATS server's service: `nats`, `nats-2`, … */
const NATS = /^nats(-\d+)?$/;

/** @param folder the one with both files */
export function clusterProblems(single: Compose, cluster: Compose, folder: string): string[] {
  const servers = Object.keys(cluster.services).filter((name) => NATS.test(name));
  const wanted = {
    NATS_URL: servers.map((name) => `nats://${name}:4222`).join(','),
    STREAM_REPLICAS: String(servers.length),
  };
  const settings = oursIn(single).flatMap(([name]) => {
    const environment: object = cluster.services[name]?.environment ?? {};
    const given = new Map<string, unknown>(Object.entries(environment));
    return Object.entries(wanted)
      .filter(([setting, value]) => String(given.get(setting)) !== value)
      .map(([setting, value]) => `services.${name}.environment.${setting}: must be "${value}"`);
  });
  const files = Object.entries(cluster.services).flatMap(([name, { volumes = [] }]) =>
    volumes
      .map(sourceOf)
      .filter((source) => source.startsWith('.') && !existsSync(path.resolve(folder, source)))
      .map((source) => `services.${name}.volumes: there is no ${source}`),
  );
  const shared = servers
    .filter((name) => dataOf(cluster, name) === undefined || dataOf(cluster, name) === dataOf(single, name))
    .map(
      (name) =>
        `services.${name}.volumes: it needs a volume of its own: streams of a single server are deleted in a cluster`,
    );
  return [...settings, ...files, ...shared];
}

/** The volume with a server's streams. */
function dataOf({ services }: Compose, name: string): string | undefined {
  return services[name]?.volumes?.filter((volume) => typeof volume === 'string').find(isData);
}

function isData(volume: string): boolean {
  return volume.endsWith(':/data');
}
