/** The lines between the processes and what they talk to: a proxy each, so that any of them can be cut, or be slow. */
import { freePorts } from '../../../src/dev/stack';
import { LOOPBACK } from '../../../src/dev/stack/ports';
import type { Proxy } from '../../support/proxy';
import { startProxy } from '../../support/proxy';
import type { Listener } from '../names';
import { calledBy, NATS_NODES, PROCESSES } from '../names';

/** Several may do the same to it at once; it is whole again when the last of them has ended that. */
export interface Line {
  readonly from: string;
  readonly to: Listener;
  /** Ends its connections; new ones are refused until what this resolves to has been called. */
  cut(): Promise<() => Promise<void>>;
  /** What is sent takes so much longer, until what this returns is called. */
  slow(ms: number): () => void;
}

export interface Lines {
  readonly list: readonly Line[];
  /** The settings by which a process takes its own lines. */
  settingsOf(process: string): Record<string, string>;
  stop(): Promise<void>;
}

/** How the listeners are addressed, besides their ports. */
interface Addressing {
  readonly databaseUrl: string;
  readonly scheme: 'nats' | 'tls';
}

export async function layLines(
  portOf: (listener: Listener) => number,
  addressing: Addressing,
): Promise<Lines> {
  const wanted = PROCESSES.flatMap((from) => calledBy(from).map((to) => ({ from, to })));
  // Not the system's choice: while a line is cut, nobody else must get its port.
  const ports = await freePorts(wanted.length);
  const proxies: Proxy[] = [];
  const addresses = new Map<string, string>();
  const list = await Promise.all(
    wanted.map(async ({ from, to }, index): Promise<Line> => {
      const proxy = await startProxy(`${LOOPBACK}:${portOf(to)}`, { port: ports[index] ?? 0 });
      proxies.push(proxy);
      addresses.set(`${from} ${to}`, proxy.address);
      return { from, to, ...damages(proxy) };
    }),
  );
  return {
    list,
    settingsOf: (process) => settingsFor((to) => addresses.get(`${process} ${to}`), addressing),
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

function damages(proxy: Proxy): Pick<Line, 'cut' | 'slow'> {
  let cuts = 0;
  let turn = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => (turn = turn.then(work));
  const delays = new Set<{ readonly ms: number }>();
  const apply = () => proxy.slow(Math.max(0, ...[...delays].map(({ ms }) => ms)));
  return {
    cut: async () => {
      cuts += 1;
      await inTurn(() => proxy.close());
      return () => {
        cuts -= 1;
        return inTurn(async () => {
          if (cuts === 0 && !proxy.isOpen()) await proxy.open();
        });
      };
    },
    slow: (ms) => {
      const delay = { ms };
      delays.add(delay);
      apply();
      return () => {
        delays.delete(delay);
        apply();
      };
    },
  };
}

function settingsFor(
  addressOf: (listener: Listener) => string | undefined,
  { databaseUrl, scheme }: Addressing,
): Record<string, string> {
  const nodes = NATS_NODES.map(addressOf).filter((address) => address !== undefined);
  const [temporal, postgres, providers, gateway] = (
    ['temporal', 'postgres', 'providers', 'gateway'] as const
  ).map(addressOf);
  return {
    ...(nodes.length > 0 && { NATS_URL: nodes.map((address) => `${scheme}://${address}`).join(',') }),
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
