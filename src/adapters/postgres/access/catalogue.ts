import type { Client } from 'pg';

/** A table, view or sequence that is there. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly isSequence: boolean;
}

/** Without the sequences of identity columns, which need no right of their own. */
export async function relationsIn(client: Client, schemas: readonly string[]): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `select n.nspname as schema, c.relname as name, c.relkind = 'S' as "isSequence"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and not (c.relkind = 'S' and exists
          (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i'))
      order by 1, 2`,
    [schemas],
  );
  return rows;
}

/**
 * The statements that take everything in these schemas from the roles with this prefix, also from those of pools that
 * are gone. A right on a table's columns goes with those on the table.
 */
export async function revocations(
  client: Client,
  prefix: string,
  schemas: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `with held (kind, schema, name, acl, owner) as (
       select case c.relkind when 'S' then 'sequence' else 'table' end, n.nspname,
              format('%I.%I', n.nspname, c.relname), c.relacl, c.relowner
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
       union all
       select 'table', n.nspname, format('%I.%I', n.nspname, c.relname), a.attacl, c.relowner
         from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       union all
       select 'schema', nspname, format('%I', nspname), nspacl, nspowner from pg_namespace)
     select distinct format('revoke all on %s %s from %I', kind, name, r.rolname) as statement
       from held, aclexplode(acl) x join pg_roles r on r.oid = x.grantee
      where schema = any($2) and r.oid <> owner and starts_with(r.rolname, $1)`,
    [`${prefix}_`, schemas],
  );
  return rows.map(({ statement }) => statement);
}
