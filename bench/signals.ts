import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Round } from './bridge/side';
import { figure } from './figures';
import type { Both, Sided } from './in-turn';
import { inTurn } from './in-turn';
import type { Part } from './part';
import { bridgeOf } from './security';

/** As Prometheus usually does, three times as often. */
const SCRAPE_MS = 5_000;
const THROUGHPUT = { atLeast: 0.97 };
const BRIDGE = ['bridge'];

/** What metrics that are scraped and spans of every event cost the bridge: the same work with and without them, in turn. */
export const signals: Part = {
  name: 'signals',
  about: 'the bridge with its metrics scraped and every event traced, and without, in turn',
  run: async ({ quick, say }) => {
    const [repeats, warmUps, events] = quick ? [4, 2, 2_000] : [9, 3, 4_000];
    const collector = await startCollector();
    try {
      const open = bridgeOf(events);
      const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
      const sides: Both<Sided<Round>> = {
        on: { options: { processes: BRIDGE, settings }, open: scraped(open) },
        off: { options: { processes: BRIDGE }, open },
      };
      const rounds = await inTurn(sides, { repeats, warmUps, say });
      say(`${collector.batches()} batches of spans`);
      if (collector.batches() === 0) throw new Error('no span has come: the bridge was not traced');
      const ratio = (name: string, read: (round: Round) => number, target?: typeof THROUGHPUT) =>
        figure(
          `signals: ${name}, on ÷ off`,
          '',
          rounds.map(({ on, off }) => read(on) / read(off)),
          target,
        );
      return [
        ratio('throughput of the bridge', ({ perSecond }) => perSecond, THROUGHPUT),
        ratio('processor time of the bridge per event', ({ cpuMs }) => cpuMs),
      ];
    } finally {
      collector.stop();
    }
  },
};

function scraped(open: Sided<Round>['open']): Sided<Round>['open'] {
  return async (testbed) => {
    const side = await open(testbed);
    const url = testbed.metricsUrl('bridge');
    // While a round's backlog grows, the bridge is stopped and does not answer.
    const scrape = () =>
      void fetch(url).then(
        (answer) => answer.text(),
        () => undefined,
      );
    const timer = setInterval(scrape, SCRAPE_MS);
    return {
      measure: side.measure,
      close: async () => {
        clearInterval(timer);
        await side.close();
      },
    };
  };
}

/** Takes spans, and counts their batches only: what a collector does with them is not the bridge's. */
async function startCollector() {
  let batches = 0;
  const server = createServer((request, response) => {
    batches += 1;
    request
      .resume()
      .on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    batches: () => batches,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
