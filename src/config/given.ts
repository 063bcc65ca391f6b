import type { ConfigNeeds } from './config';
import { databaseAddresses } from './database';
import type { Environment } from './environment';
import { LOCAL_SETTINGS, localAddresses } from './local-addresses';
import { providerSecrets } from './provider';
import { schema } from './schema';
import { partsOf } from './secret-mask';
import { FILE, readSecrets, secretsIn } from './secrets';
import { profileSettings } from './temporal-profile';
import { withOwnApiKey } from './worker-versions';

/** The names of the engine's own settings. */
export const ENGINE_SETTINGS: readonly string[] = [
  ...Object.keys(schema.shape),
  ...secretsIn(schema.shape).map((name) => name + FILE),
];

/** What is given, and what it is with the defaults of this machine, which production does not have. */
export function settingsFrom(given: Environment, needs: ConfigNeeds, problems: string[]) {
  // An empty setting counts as unset: that is what `NAME= npm start` and compose files mean.
  const nonEmpty = withOwnApiKey(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== '')),
  );
  const names = [
    ...[schema, ...Object.values(needs.settings ?? {})].flatMap(({ shape }) => secretsIn(shape)),
    ...needs.providers.flatMap(providerSecrets),
  ];
  const withProfile = { ...profileSettings(nonEmpty, problems), ...nonEmpty };
  const secrets = readSecrets(withProfile, { names, problems });
  const { environment } = secrets;
  const local: Environment = { ...LOCAL_SETTINGS, ...needs.presets?.(environment) };
  const defaults = environment['NODE_ENV'] === 'production' ? {} : local;
  const known = new Set(Object.values(local).flatMap((value) => partsOf(value ?? '')));
  const settings = databaseAddresses(
    { ...localAddresses(environment, defaults), ...environment },
    needs.database ?? 'role',
  );
  return { environment, settings, secrets, known };
}
