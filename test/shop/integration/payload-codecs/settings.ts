import type { TemporalSettings } from '../../../../src/adapters/temporal';
import { readConfig } from '../../../../src/config';
import { temporalSettings } from '../../../../src/runtime/settings';

/** How a process with these settings reaches a namespace. */
export function settingsOf(
  { address, namespace }: { readonly address: string; readonly namespace: string },
  secrets: Readonly<Record<string, string>>,
): TemporalSettings {
  const given = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, ...secrets };
  return temporalSettings(readConfig(given, { providers: [] }), {});
}
