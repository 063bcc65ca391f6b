import { environment } from '../src/config';
import { freePorts } from '../src/dev/stack';

/** The names of Sagaline's settings that decide where it runs and which servers it calls. */
const SETTING =
  /^(NODE_ENV|PROVISION|SHUTDOWN_DELAY_MS|(NATS|TEMPORAL|DATABASE|PROVIDER|STREAM|BRIDGE|GATEWAY|HEALTH|ORDER|RECONCILE|CONSOLE|SANDBOX|POSTGRES|DATA|LOG|POOL|CODEC|PAYLOAD|API|JWT|WORKER)_)/;

/** Settings for a stack that can run beside any other: free ports, its own folder, and a carrier that reports after a second. */
export async function ownStackSettings(dataDir: string): Promise<Record<string, string>> {
  const names = [
    'NATS_PORT',
    'TEMPORAL_PORT',
    'TEMPORAL_UI_PORT',
    'TEMPORAL_HTTP_PORT',
    'TEMPORAL_METRICS_PORT',
    'POSTGRES_PORT',
    'GATEWAY_PORT',
    'CONSOLE_PORT',
    'SANDBOX_PORT',
    'CODEC_SERVER_PORT',
  ];
  const ports = await freePorts(names.length);
  const unset = Object.keys(environment()).filter((name) => SETTING.test(name));
  return {
    // Settings from the environment are unset, for example of a live payment provider: the demo has its own.
    ...Object.fromEntries(unset.map((name) => [name, ''])),
    ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])),
    DATA_DIR: dataDir,
    SANDBOX_DISPATCH_MS: '300',
    SANDBOX_DELIVERY_MS: '1000',
    // Renewed after ten seconds: on a busy machine the orders of all cases may take that long to be placed.
    SANDBOX_SHORT_AUTHORIZATION_MS: '20000',
    ORDER_SUBMISSION_WITHIN_MS: '8000',
    ORDER_AUTHORIZATION_WITHIN_MS: '5000',
    ORDER_PAYMENT_METHOD_WITHIN_MS: '3000',
    ORDER_STOCK_DECISION_WITHIN_MS: '5000',
    ORDER_DELIVERY_WITHIN_MS: '4000',
  };
}

/** For the cases that wait until a compensation is given up, and until an abandoned order is reported. */
export const OPERATOR_SETTINGS: Readonly<Record<string, string>> = {
  ORDER_COMPENSATION_WITHIN_MS: '8000',
  RECONCILE_GRACE_MS: '1000',
};

/**
 * Deadlines for a demo in which processes are killed. They are longer than the outage of a process and its consequences (an
 * unfinished attempt of ten seconds, and the pause before the next one), so that each case ends as it does without kills.
 */
export const PATIENT_SETTINGS: Readonly<Record<string, string>> = {
  // Renewed when half of it is over: if an attempt is cut off, there is time for the next one.
  SANDBOX_SHORT_AUTHORIZATION_MS: '40000',
  ORDER_SUBMISSION_WITHIN_MS: '30000',
  ORDER_AUTHORIZATION_WITHIN_MS: '60000',
  ORDER_PAYMENT_METHOD_WITHIN_MS: '10000',
  ORDER_STOCK_DECISION_WITHIN_MS: '30000',
  ORDER_DELIVERY_WITHIN_MS: '20000',
  ORDER_COMPENSATION_WITHIN_MS: '60000',
  RECONCILE_GRACE_MS: '5000',
};
