import { existsSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../../../exit';
import { CONFIG } from '../modules';
import type { Naming } from '../naming';
import { readName } from '../naming';
import type { Plan, Registration } from '../plan';
import { addEntry, addImport, addLines } from '../registrations';
import { sample } from '../sample';
import { refuseTakenActivities } from '../taken';
import type { Given } from './given';
import { capabilitiesOf, domainOfPool, poolOf } from './given';

const FIXTURE = 'test/support/fixture.ts';

export function step(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'step');
  const compensation = compensationFor(own, given);
  refuseTakenActivities(root, [own, compensation]);
  const pool = poolOf(root, given);
  const of = domainOfPool(root, pool);
  const names = { domain: of, pool, step: own, compensation };
  const [migration] = Object.values(sample('migrations/tickets/1770000000000_reserve-seat.sql', names));
  return {
    what: `step ${own.camel}, compensated by ${compensation.camel}, of the pool ${pool.kebab}`,
    files: {
      ...sample('activities/reserve-seat.ts', names),
      ...sample('activities/reserve-seat.postgres.ts', names),
      ...sample('domains/tickets/capabilities/reserve-seat.ts', names),
      [`migrations/${of.kebab}/${Date.now()}_${own.kebab}.sql`]: migration ?? '',
      ...sample('test/support/fakes/reserve-seat.ts', names),
      ...sample('test/unit/reserve-seat.test.ts', names),
    },
    edits: [
      addLines(`${capabilitiesOf(of)}/index.ts`, `export * from './${own.kebab}';`),
      ...activityEdits(own, pool),
      addImport(FIXTURE, `fake${own.pascal}`, `./fakes/${own.kebab}`),
      addEntry(FIXTURE, { constant: 'fakes' }, own.camel, `${own.camel}: fake${own.pascal}(effects)`),
      ...migrationEdits(root, of),
    ],
    next: [
      `run it in a workflow: const { ${own.camel} } = use(capabilities.${own.camel}); await saga.step(${own.camel}({}))`,
      `say how it is refused, and whether it calls a provider: ${capabilitiesOf(of)}/${own.kebab}.ts`,
    ],
  };
}

function compensationFor(own: Naming, given: Given): Naming {
  const compensation = readName(given.compensation ?? `compensate${own.pascal}`, 'step');
  if (compensation.camel !== own.camel) return compensation;
  throw new CliError(
    'bad-name',
    `the step "${own.camel}" cannot be compensated by itself; name another by --compensation`,
    EXIT.usage,
  );
}

function activityEdits(own: Naming, pool: Naming): readonly Registration[] {
  const worker = `workers/${pool.kebab}.ts`;
  const create = `create${own.pascal}Activities`;
  const port = `createPostgres${own.pascal}`;
  const activities = `${create}(${port}(database))`;
  return [
    addImport(worker, create, `../activities/${own.kebab}`),
    addImport(worker, port, `../activities/${own.kebab}.postgres`),
    addEntry(worker, { call: 'definePool', property: 'activities' }, activities, `...${activities}`),
  ];
}

/** Only a domain's first migration registers its folder. */
function migrationEdits(root: string, of: Naming): readonly Registration[] {
  const folder = `migrations/${of.kebab}`;
  if (existsSync(path.join(root, folder))) return [];
  const migrations = { call: 'defineConfig', property: 'migrations' };
  return [addEntry(CONFIG, migrations, of.camel, `${of.camel}: '${folder}'`)];
}
