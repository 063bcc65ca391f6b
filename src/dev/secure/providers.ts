import { providerSecrets } from '../../config';
import { keptFile, randomSecret } from './files';
import type { MakePart, Settings } from './part';

/** API keys and webhook secrets of the providers, which the sandbox shares: none that anybody knows. */
export const providers: MakePart = async ({ folder, given, providers: names }) => {
  const made: Record<string, string> = {};
  for (const setting of names.flatMap(providerSecrets)) {
    // A provider of your own, in place of the sandbox.
    if (given[setting] || given[`${setting}_FILE`]) continue;
    made[`${setting}_FILE`] = (await keptFile(folder, setting.toLowerCase(), randomSecret)).file;
  }
  const settings: Settings = made;
  return { settings };
};
