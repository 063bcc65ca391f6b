import type { Environment } from '../../config';
import { providerSecrets } from '../../config';
import { webhookProviders } from '../../contracts';
import type { LoadedApp } from '../../runtime/app';

/** The providers whose secrets this process has been given: an operator need not have those of the others. */
export function providersGiven({ domains, pools }: LoadedApp, given: Environment): string[] {
  const all = [
    ...webhookProviders(domains),
    ...Object.values(pools).flatMap(({ providers = [] }) => providers),
  ];
  return [...new Set(all)].filter((name) =>
    providerSecrets(name).every((setting) => given[setting] ?? given[`${setting}_FILE`]),
  );
}
