import { rpcsOf } from '../../../bench/rpcs';
import { prepared } from '../setup/handover';

/** Polls and looks come as often as somebody asks; these come because something happens. */
const CAUSED = /^(Start|Signal|Respond)/;

/** Calls to Temporal in a namespace so far: those that start, signal, or answer a task. */
export async function callsIn(namespace: string): Promise<Record<string, number>> {
  const { temporalMetricsUrl } = prepared('servers');
  const calls = await rpcsOf({ temporalMetricsUrl, namespace });
  return Object.fromEntries([...calls].filter(([name]) => CAUSED.test(name)));
}
