import { escapeIdentifier as id, escapeLiteral } from 'pg';
import { OWNER, roleName } from './rights';

/** Functions that make or change large objects: everybody may call them by default. */
const LARGE_OBJECTS = [
  'lo_creat(integer)',
  'lo_create(oid)',
  'lo_from_bytea(oid, bytea)',
  'lo_open(oid, integer)',
  'lo_put(oid, bigint, bytea)',
  'lowrite(integer, bytea)',
  'lo_unlink(oid)',
];

const NOTHING_SPECIAL = 'nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit';

/** The roles of a project, and how their names begin. */
interface ProjectRoles {
  readonly prefix: string;
  /** Without the owner. */
  readonly roles: readonly string[];
}

/**
 * The SQL that makes the roles, or makes them as they should be. An administrator runs it in the project's database;
 * running it again changes nothing but the passwords. What a role may do with tables is granted by `provision`.
 *
 * @param passwordOf an SQL expression for the password of a role: a literal, or a variable of psql
 */
export function rolesSql({ prefix, roles }: ProjectRoles, passwordOf: (role: string) => string): string {
  const owner = id(roleName(prefix, OWNER));
  const names = roles.map((role) => id(roleName(prefix, role)));
  const login = [OWNER, ...roles].flatMap((role) => {
    const name = roleName(prefix, role);
    return [
      `do $$ begin if not exists (select from pg_roles where rolname = ${escapeLiteral(name)}) then`,
      `  create role ${id(name)}; end if; end $$;`,
      `alter role ${id(name)} login ${NOTHING_SPECIAL} password ${passwordOf(role)};`,
    ];
  });
  const inDatabase = (statement: string) =>
    `do $$ begin execute format('${statement}', current_database()); end $$;`;
  return [
    '-- Run it as an administrator, in the database of the project. It may be run again.',
    'begin;',
    ...login,
    '',
    '-- Every statement of ours names its schema: a table that somebody else makes is never taken for one of ours.',
    ...names.map((name) => `alter role ${name} set search_path = '';`),
    '',
    '-- Nobody but the owner makes anything, temporary tables included.',
    inDatabase(`alter database %I owner to ${owner}`),
    inDatabase('revoke all on database %I from public'),
    ...names.map((name) => inDatabase(`grant connect on database %I to ${name}`)),
    'revoke all on schema public from public;',
    `alter default privileges for role ${owner} revoke execute on functions from public;`,
    '',
    '-- Large objects belong to no table, and everybody may make them.',
    ...LARGE_OBJECTS.map((name) => `revoke execute on function pg_catalog.${name} from public;`),
    'commit;',
    '',
  ].join('\n');
}

/** The same for psql, with passwords from environment variables: it has no secrets. */
export function rolesScript(project: ProjectRoles): string {
  return [
    `-- Written by "sagaline database roles": it takes each password from an environment variable.`,
    '\\set ON_ERROR_STOP on',
    ...[OWNER, ...project.roles].map((role) => `\\getenv ${psqlVariable(role)} ${passwordVariable(role)}`),
    rolesSql(project, (role) => `:'${psqlVariable(role)}'`),
  ].join('\n');
}

/** The environment variable with the password of a role. */
export function passwordVariable(role: string): string {
  return `${role.replace(/[:-]/g, '_').toUpperCase()}_DATABASE_PASSWORD`;
}

function psqlVariable(role: string): string {
  return passwordVariable(role).toLowerCase();
}
