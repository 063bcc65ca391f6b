import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import type { GatewayMetrics } from '../../gateway';
import { unknownFieldsCounter } from './unknown-fields';

export function gatewayMetrics(registry: Registry): GatewayMetrics {
  const requests = new Counter({
    name: 'sagaline_gateway_requests_total',
    help: 'Events and webhooks received, by what became of them',
    labelNames: ['endpoint', 'outcome'],
    registers: [registry],
  });
  const unknownFields = unknownFieldsCounter(registry);
  return {
    unknownFields,
    accepted: (endpoint, duplicate) =>
      requests.inc({ endpoint, outcome: duplicate ? 'duplicate' : 'accepted' }),
    refused: (endpoint, reason) => requests.inc({ endpoint, outcome: reason }),
  };
}
