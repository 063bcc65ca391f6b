import path from 'node:path';
import type { Environment } from '../../config';
import { createCatalogue } from '../../contracts';
import type { Secured } from '../../dev/secure';
import { makeSecured } from '../../dev/secure';
import type { LoadedApp } from '../app';
import { appConfig, settingsIn } from '../config';

/**
 * Makes the keys of a secured stack, or finds them. Its data have a folder of their own: what an open stack has stored
 * is not encrypted, and a secured one would refuse it.
 *
 * @param given the settings of the open stack
 */
export async function secureStack(app: LoadedApp, given: Environment): Promise<Secured> {
  const providers = [
    ...new Set([
      ...app.domains.flatMap(({ webhooks }) => webhooks.map(({ provider }) => provider)),
      ...Object.values(app.pools).flatMap((pool) => pool.providers ?? []),
    ]),
  ];
  const config = appConfig(app, [], given);
  const catalogue = createCatalogue(app.domains, settingsIn(config));
  const dataDir = path.resolve(config.DATA_DIR, 'secured');
  const secured = await makeSecured({
    folder: path.join(dataDir, 'keys'),
    config,
    given,
    catalogue,
    providers,
  });
  return { ...secured, settings: { ...secured.settings, DATA_DIR: dataDir } };
}
