/** The lines between the processes and what they talk to: a proxy each, so that any of them can be cut, or be slow. */
import { freePorts } from '../../../src/dev/stack';
import { LOOPBACK } from '../../../src/dev/stack/ports';
import type { Proxy } from '../../support/proxy';
import { startProxy } from '../../support/proxy';
import type { Listener } from '../names';
import { calledBy, NATS_NODES, PROCESSES } from '../names';

export interface Line {
  readonly from: string;
  readonly to: Listener;
  readonly proxy: Proxy;
}

export interface Lines {
  readonly list: readonly Line[];
  /** The settings by which a process takes its own lines. */
  settingsOf(process: string): Record<string, string>;
  stop(): Promise<void>;
}

export async function layLines(portOf: (listener: Listener) => number, databaseUrl: string): Promise<Lines> {
  const wanted = PROCESSES.flatMap((from) => calledBy(from).map((to) => ({ from, to })));
  // Not the system's choice: while a line is cut, nobody else must get its port.
  const ports = await freePorts(wanted.length);
  const list = await Promise.all(
    wanted.map(async ({ from, to }, index): Promise<Line> => {
      const proxy = await startProxy(`${LOOPBACK}:${portOf(to)}`, { port: ports[index] ?? 0 });
      return { from, to, proxy };
    }),
  );
  return {
    list,
    settingsOf: (process) =>
      settingsFor(
        list.filter(({ from }) => from === process),
        databaseUrl,
      ),
    stop: async () => {
      await Promise.all(list.map(({ proxy }) => proxy.close()));
    },
  };
}

function settingsFor(lines: readonly Line[], databaseUrl: string): Record<string, string> {
  const addressOf = (listener: Listener) => lines.find(({ to }) => to === listener)?.proxy.address;
  const nodes = NATS_NODES.map(addressOf).filter((address) => address !== undefined);
  const [temporal, postgres, providers, gateway] = (
    ['temporal', 'postgres', 'providers', 'gateway'] as const
  ).map(addressOf);
  return {
    ...(nodes.length > 0 && { NATS_URL: nodes.map((address) => `nats://${address}`).join(',') }),
    ...(temporal !== undefined && { TEMPORAL_ADDRESS: temporal }),
    ...(postgres !== undefined && { DATABASE_URL: at(databaseUrl, postgres) }),
    ...(providers !== undefined && {
      PROVIDER_PAYMENT_PROVIDER_URL: `http://${providers}/payment-provider/v1`,
      PROVIDER_CARRIER_URL: `http://${providers}/carrier/v1`,
    }),
    // The sandbox sends its webhooks there.
    ...(gateway !== undefined && { GATEWAY_PORT: gateway.split(':')[1] ?? '' }),
  };
}

/** The same address at another place. */
function at(url: string, hostAndPort: string): string {
  const moved = new URL(url);
  moved.host = hostAndPort;
  return moved.href;
}
