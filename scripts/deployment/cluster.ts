// Checks of docker-compose.cluster.yml, which is laid over docker-compose.yml: each process of ours has to know every server, and each
// server has a name and a volume of its own.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { commandOf, environmentIn, oursIn, sourceOf } from './checks';
import type { Compose, Service } from './compose';

/** A NATS server's service: `nats`, `nats-2`, … */
const NATS = /^nats(-\d+)?$/;
const CONFIGURATION = '/etc/nats/cluster.conf';
const NO_IMAGE = { imageEnvironment: {} };

/** @param folder the one with both files */
export function clusterProblems(single: Compose, cluster: Compose, folder: string): string[] {
  const servers = Object.entries(cluster.services).filter(([name]) => NATS.test(name));
  return [
    ...oursIn(single).flatMap(([name]) =>
      settingProblems(
        cluster.services[name] ?? {},
        servers.map(([server]) => server),
      ).map((problem) => `services.${name}.environment.${problem}`),
    ),
    ...servers.flatMap(([name, server]) =>
      serverProblems(
        server,
        servers.filter(([other]) => other !== name).map(([, other]) => other),
        single,
      ).map((problem) => `services.${name}.${problem}`),
    ),
    ...Object.entries(cluster.services).flatMap(([name, { volumes = [], ports, ...service }]) => [
      ...volumes
        .map(sourceOf)
        .filter((source) => source.startsWith('.') && !existsSync(path.resolve(folder, source)))
        .map((source) => `services.${name}.volumes: there is no ${source}`),
      ...('extends' in service && ports?.length !== 0
        ? [`services.${name}.ports: must be \`!reset []\`: the service that it extends has published them`]
        : []),
    ]),
  ];
}

function settingProblems(service: Service, servers: readonly string[]): string[] {
  const { NATS_URL = '', STREAM_REPLICAS = '' } = environmentIn(service, NO_IMAGE);
  const missing = servers.filter((name) => !NATS_URL.split(',').includes(`nats://${name}:4222`));
  const replicas = Number(STREAM_REPLICAS);
  return [
    ...missing.map((name) => `NATS_URL: does not have nats://${name}:4222`),
    ...(replicas > 1 && replicas <= servers.length
      ? []
      : [`STREAM_REPLICAS: must be 2 to ${servers.length}, the number of servers`]),
  ];
}

function serverProblems(server: Service, others: readonly Service[], single: Compose): string[] {
  const data = dataOf(server);
  const nameOf = (service: Service) => environmentIn(service, NO_IMAGE)['SERVER_NAME'];
  const singles = Object.values(single.services).map(dataOf);
  return [
    ...(commandOf(server).includes(CONFIGURATION) ? [] : [`command: does not read ${CONFIGURATION}`]),
    ...(nameOf(server) === undefined || others.some((other) => nameOf(other) === nameOf(server))
      ? ['environment.SERVER_NAME: must be a name of its own']
      : []),
    ...(data === undefined || others.some((other) => dataOf(other) === data)
      ? ['volumes: must have a volume of its own at /data']
      : []),
    ...(data !== undefined && singles.includes(data)
      ? [`volumes: ${data} is that of a single server, whose streams would be deleted in a cluster`]
      : []),
  ];
}

/** The volume with a server's streams. */
function dataOf({ volumes = [] }: Service): string | undefined {
  const found = volumes.find((volume) =>
    typeof volume === 'string' ? /:\/data(:\w+)?$/.test(volume) : volume.target === '/data',
  );
  return found === undefined ? undefined : sourceOf(found);
}
