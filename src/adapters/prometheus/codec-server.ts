import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';

/** Counts the requests of the codec server. */
export function codecServerMetrics(registry: Registry): (outcome: string) => void {
  const requests = new Counter({
    name: 'sagaline_codec_server_requests_total',
    help: 'Requests for clear or encrypted payloads, by outcome: answered, unauthorized, forbidden, refused, not-recorded',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return (outcome) => requests.inc({ outcome });
}
