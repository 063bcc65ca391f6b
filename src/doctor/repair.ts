/** What `--fix` does: the same as `sagaline provision`, for what is missing. */
import { errorMessage } from '../contracts';
import type { Catalogue, Log } from '../contracts';
import type { Config } from '../config';
import { migrationStates } from '../adapters/postgres';
import { missingAttributes, registerSearchAttributes } from '../adapters/temporal';
import type { LoadedApp } from '../runtime/app';
import { migrationsOf } from '../runtime/migrations';
import type * as provisioning from '../runtime/provision';
import { sharedGroups } from '../subscriptions';
import type { Subject } from './finding';
import { problemsOfStreams } from './observe/nats';
import type { Servers } from './servers';

/** Something that was repaired, or could not be. */
export interface Repair {
  readonly subject: Subject;
  readonly done: boolean;
  readonly what: string;
}

export interface RepairParts {
  readonly app: LoadedApp;
  readonly config: Config;
  readonly catalogue: () => Catalogue;
  readonly servers: Servers;
  readonly log: Log;
}

/** Repairs what is safe: nothing that exists is deleted, and no event is lost or repeated. */
export async function repair(parts: RepairParts): Promise<readonly Repair[]> {
  const mending: readonly (readonly [Subject, typeof streams])[] = [
    ['streams', streams],
    ['search-attributes', searchAttributes],
    ['migrations', tables],
  ];
  const repairs = mending.map(async ([subject, mend]): Promise<Repair | undefined> => {
    try {
      const what = await mend(parts);
      return what === undefined ? undefined : { subject, done: true, what };
    } catch (error) {
      return { subject, done: false, what: errorMessage(error) };
    }
  });
  return (await Promise.all(repairs)).filter((each) => each !== undefined);
}

async function streams({
  config,
  catalogue,
  servers: { nats },
  log,
}: RepairParts): Promise<string | undefined> {
  if (nats === undefined || config.PROVISION === 'check') return undefined;
  const problems = await problemsOfStreams(nats, config, catalogue());
  const mendable = problems.filter(({ fixed }) => fixed !== true);
  if (mendable.length === 0) return undefined;
  await provision().provisionNats(nats, sharedGroups(catalogue()), config, log);
  const names = [...new Set(mendable.map(({ kind, name }) => `${name} (${kind})`))];
  return `made, or set as they must be: ${names.join(', ')}`;
}

async function searchAttributes({ servers: { temporal } }: RepairParts): Promise<string | undefined> {
  if (temporal === undefined) return undefined;
  const missing = await missingAttributes(temporal);
  if (missing.length === 0) return undefined;
  await registerSearchAttributes(temporal);
  return `registered: ${missing.join(', ')}`;
}

/** In production a person chooses the moment of a migration. */
async function tables({ app, config, servers: { database }, log }: RepairParts): Promise<string | undefined> {
  if (database === undefined || config.NODE_ENV === 'production') return undefined;
  const states = await migrationStates(database, migrationsOf(app));
  const pending = states.flatMap((state) => state.pending);
  if (pending.length === 0 || states.some(({ unknown }) => unknown.length > 0)) return undefined;
  await provision().provisionTables(app, config, log);
  return `applied: ${pending.join(', ')}`;
}

/** Loaded when it is needed: it loads the migrations' package. */
function provision(): typeof provisioning {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('../runtime/provision') as typeof provisioning;
}
