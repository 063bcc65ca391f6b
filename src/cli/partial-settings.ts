/** Catalogues for commands that run nothing, such as `build` and `events docs`: the domains' settings may be missing. */
import type { ConfigNeeds, Environment } from '../config';
import { givenSettings, readSettings } from '../config';
import type { Catalogue, Domain, SettingsOf } from '../contracts';
import { createCatalogue, InvalidConfigError } from '../contracts';

/** A catalogue, or the settings without which the routes cannot be made or checked. */
export type PartialCatalogue =
  | { readonly kind: 'checked'; readonly catalogue: Catalogue }
  | { readonly kind: 'unchecked'; readonly missing: readonly string[] };

/**
 * Makes the catalogue with the settings that are given. Which events reach which workflow hardly ever depends on them.
 *
 * @throws InvalidConfigError naming every contradiction, if no setting is missing
 */
export function catalogueOfGiven(
  domains: readonly Domain[],
  parts: { readonly given: Environment } & Pick<ConfigNeeds, 'presets'>,
): PartialCatalogue {
  const missing: string[] = [];
  const settingsOf = (domain: Domain) => {
    try {
      return readSettings(domain, parts);
    } catch (error) {
      if (!(error instanceof InvalidConfigError)) throw error;
      missing.push(...error.problems);
      return givenSettings(domain, parts);
    }
  };
  try {
    return { kind: 'checked', catalogue: createCatalogue(domains, settingsOf as SettingsOf) };
  } catch (error) {
    if (missing.length === 0 || !(error instanceof InvalidConfigError)) throw error;
    return { kind: 'unchecked', missing };
  }
}
