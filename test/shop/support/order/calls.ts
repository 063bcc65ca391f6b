import { setTimeout as sleep } from 'node:timers/promises';
import { rpcsOf } from '../../../../bench/rpcs';
import { prepared } from '../../../support/setup/handover';

/** The number of polls and reads depends on the time; these calls only come because something happens. */
const CAUSED = /^(Start|Signal|Respond)/;

/** The server updates its metrics once a second. */
const COUNTED_MS = 2_000;

/** The number of calls to Temporal in a namespace so far: only those that start, signal, or answer a task. */
export async function callsIn(namespace: string): Promise<Record<string, number>> {
  const { temporalMetricsUrl } = prepared('servers');
  await sleep(COUNTED_MS);
  const calls = await rpcsOf({ temporalMetricsUrl, namespace });
  return Object.fromEntries([...calls].filter(([name]) => CAUSED.test(name)));
}
