import { Client, escapeIdentifier as id } from 'pg';
import type { Log } from '../../../contracts';
import { InvalidConfigError } from '../../../contracts';
import type { DatabaseAddress } from '../address';
import { connectionTo } from '../connection';
import type { Relation } from './catalogue';
import { relationsIn, revocations } from './catalogue';
import type { ProjectTables, TableAccess } from './rights';
import { ENGINE_TABLES, loginRoles, PRIVILEGES, roleName, workerRole } from './rights';

const ENGINE_SCHEMA = 'sagaline';
const CONNECT_MS = 3_000;
/** Two provisions at once would change the same rows of the catalogue, which PostgreSQL refuses. */
const LOCK = 5_241_973_362;

/**
 * Grants each role what it may do with the tables that are there now, and takes everything else from the roles of this
 * project. Runs as the owner, after the migrations. Without such roles, as on a laptop with one user, it does nothing.
 *
 * @throws InvalidConfigError if the project names a table that is not there
 */
export async function grantRights(
  address: DatabaseAddress,
  { prefix, tables, log }: { readonly prefix: string; readonly tables: ProjectTables; readonly log: Log },
): Promise<void> {
  const client = new Client({ ...connectionTo(address), connectionTimeoutMillis: CONNECT_MS });
  // A broken connection fails the statement; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('select rolname as name from pg_roles');
    const known = new Set(rows.map(({ name }) => name));
    const roles = loginRoles(tables);
    const missing = roles.filter((role) => !known.has(roleName(prefix, role)));
    if (missing.length === roles.length) return;
    if (missing.length > 0)
      log.warn({ missing, remedy: 'sagaline database roles' }, 'PostgreSQL lacks roles of this project');
    const schemas = [...new Set([ENGINE_SCHEMA, ...Object.keys(tables.access).map(schemaOf)])];
    // In one transaction: a role that works keeps its rights all the time.
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const statements = [...grantsOf(tables, await relationsIn(client, schemas))]
      .filter(({ role }) => !missing.includes(role))
      .map(({ role, grant }) => `${grant} to ${id(roleName(prefix, role))}`);
    for (const statement of [...(await revocations(client, prefix, schemas)), ...new Set(statements)])
      await client.query(statement);
    await client.query('commit');
    log.info({ roles: roles.length - missing.length }, 'the rights of the database roles are granted');
  } finally {
    await client.end();
  }
}

/** What is granted to each role, without the end of the statement. */
function* grantsOf(
  { pools, access }: ProjectTables,
  relations: readonly Relation[],
): Generator<{ readonly role: string; readonly grant: string }> {
  for (const [table, rights] of Object.entries(ENGINE_TABLES)) {
    for (const [who, of] of Object.entries(rights)) {
      for (const role of who === 'worker' ? pools.map(workerRole) : [who]) {
        yield { role, grant: `grant usage on schema ${ENGINE_SCHEMA}` };
        yield { role, grant: `grant ${of.join(', ')} on ${ENGINE_SCHEMA}.${id(table)}` };
      }
    }
  }
  for (const [entry, rights] of Object.entries(access)) {
    const meant = relations.filter(({ schema, name }) => [schema, `${schema}.${name}`].includes(entry));
    if (meant.length === 0)
      throw new InvalidConfigError([`databaseAccess: no migration makes "${entry}"; correct its name`]);
    for (const [role, may] of Object.entries(rights)) {
      yield { role, grant: `grant usage on schema ${id(schemaOf(entry))}` };
      for (const relation of meant) {
        const grant = grantOn(relation, may);
        if (grant !== undefined) yield { role, grant };
      }
    }
  }
}

function grantOn({ schema, name, isSequence }: Relation, may: TableAccess): string | undefined {
  const { table, sequence } = PRIVILEGES[may];
  const on = `${id(schema)}.${id(name)}`;
  if (!isSequence) return `grant ${table} on ${on}`;
  return sequence === undefined ? undefined : `grant ${sequence} on sequence ${on}`;
}

function schemaOf(entry: string): string {
  return entry.split('.')[0] ?? entry;
}
