import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../../../exit';
import type { Naming } from '../naming';
import { choose } from '../naming';

/** The options that were given with the name. */
export interface Given {
  readonly domain?: string;
  readonly pool?: string;
  readonly event?: string;
  readonly workflow?: string;
  readonly step?: string;
  readonly compensation?: string;
}

export const capabilitiesOf = (domain: Naming) => `domains/${domain.kebab}/capabilities`;
export const namesOf = (domain: Naming) => `domains/${domain.kebab}/names.ts`;

export const domainOf = (root: string, { domain }: Given) =>
  choose(root, domain, { what: 'domain', folder: 'domains' });
export const poolOf = (root: string, { pool }: Given) =>
  choose(root, pool, { what: 'pool', folder: 'workers', ext: '.ts' });
export const eventOf = (root: string, { event }: Given, domain: Naming) =>
  choose(root, event, { what: 'event', folder: `domains/${domain.kebab}/events`, ext: '.ts' });

/** Finds the domain of a pool by the imports of the pool's file. */
export function domainOfPool(root: string, pool: Naming): Naming {
  const file = `workers/${pool.kebab}.ts`;
  const text = readFileSync(path.join(root, file), 'utf8');
  const name = /from (['"])\.\.\/domains\/(?<name>[a-z0-9-]+)(?:\/index\.js)?\1/.exec(text)?.groups?.['name'];
  if (name === undefined)
    throw new CliError('unknown-domain', `${file} imports no domain: definePool needs one`, EXIT.failed);
  return choose(root, name, { what: 'domain', folder: 'domains' });
}
