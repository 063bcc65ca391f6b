/**
 * THE place where the rights on the engine's tables are declared: table → role → what it may do. A role that is not
 * listed may do nothing with the table. `worker` stands for each worker pool. `npx sagaline provision` grants them.
 */
export const ENGINE_TABLES: EngineTables = {
  effects: {
    worker: ['select', 'insert', 'update (state, request, result, updated_at)'],
    relay: ['select', 'delete'],
    // For the proof of an erasure.
    operator: ['select'],
  },
  applied_events: { worker: ['select', 'insert', 'delete'] },
  outbox: {
    // Not who has written it: that is the role itself, by default.
    worker: ['insert (entity, event_id, source, subject, body, headers)'],
    relay: ['select', 'update (published_at, failure, failed_at, set_aside_at)', 'delete'],
    operator: ['select', 'update (published_at, set_aside_at, discarded_at, decided_by, decided_why)'],
    console: ['select'],
  },
  // Who seals a field locks its subject's key in share mode, for which PostgreSQL demands the right to update some column.
  data_keys: {
    gateway: ['select', 'insert', 'update (created_at)'],
    worker: ['select', 'insert', 'update (created_at)'],
    // It opens fields, and encrypts none. Without tables of its own it gets no login.
    subscriber: ['select'],
    operator: ['select', 'insert', 'update (wrapped, master_key, destroyed_at, destroyed_by, destroyed_why)'],
    // Opens what a person reveals, and seals what a person edits.
    console: ['select', 'insert', 'update (created_at)'],
  },
  data_key_uses: {
    gateway: ['select', 'insert', 'update (used_at)'],
    worker: ['select', 'insert', 'update (used_at)'],
    relay: ['select', 'delete'],
    operator: ['select', 'insert', 'update (used_at)'],
    console: ['select', 'insert', 'update (used_at)'],
  },
  // A batch subscription moves its position in the transaction of its handler, and shares its lanes among its members.
  subscription_lanes: {
    subscriber: ['select', 'insert (subscription, lane)', 'update (sequence, stream, holder, held_until)'],
    // After a restore of an older stream.
    operator: ['select', 'update (sequence)'],
  },
  subscription_members: {
    subscriber: ['select', 'insert', 'update (seen_until)', 'delete'],
    operator: ['select'],
  },
  paused_providers: {
    worker: ['select'],
    operator: ['select', 'insert', 'update (paused_by, paused_why, paused_at, paused_until)', 'delete'],
    console: ['select', 'insert', 'update (paused_by, paused_why, paused_at, paused_until)', 'delete'],
  },
  audit: {
    operator: ['select', 'insert'],
    console: ['select', 'insert'],
    'codec-server': ['select', 'insert'],
  },
};

/** Roles beside the worker pools that may have rights: each gets a login only if it has one. */
export const OTHER_ROLES = [
  ...(['gateway', 'bridge', 'subscriber', 'relay'] as const),
  ...(['operator', 'console', 'codec-server'] as const),
] as const;

type EngineRole = 'worker' | (typeof OTHER_ROLES)[number];
type Right = 'select' | 'insert' | 'delete' | `${'insert' | 'update'} (${string})`;
type EngineTables = Readonly<Record<string, Readonly<Partial<Record<EngineRole, readonly Right[]>>>>>;

/**
 * What a role may do with a domain's table: read it; read it and add rows; change and delete rows as well. Nobody but
 * the owner may empty a table at once, change it or drop it.
 */
export type TableAccess = 'read' | 'append' | 'write';

/** The privileges on a table and on a sequence. */
export const PRIVILEGES: Readonly<
  Record<TableAccess, { readonly table: string; readonly sequence?: string }>
> = {
  read: { table: 'select' },
  append: { table: 'select, insert', sequence: 'usage' },
  write: { table: 'select, insert, update, delete', sequence: 'usage' },
};

/** What a project needs of PostgreSQL, as far as rights depend on it. */
export interface ProjectTables {
  readonly pools: readonly string[];
  /** By schema, or by `schema.table`: what each role may do. */
  readonly access: Readonly<Record<string, Readonly<Record<string, TableAccess>>>>;
}

/** The name of a pool's role among those of a project, as in `sagaline run worker:orders`. */
export function workerRole(pool: string): string {
  return `worker:${pool}`;
}

/** The roles of a project that log in to PostgreSQL, without the owner. */
export function loginRoles({ pools, access }: ProjectTables): string[] {
  const engine = Object.values(ENGINE_TABLES)
    .flatMap(Object.keys)
    .filter((role) => role !== 'subscriber');
  const used = new Set([...engine, ...Object.values(access).flatMap(Object.keys)]);
  return [...OTHER_ROLES.filter((role) => used.has(role)), ...pools.map(workerRole)];
}

/** The role that owns the tables: `provision` alone logs in as it. */
export const OWNER = 'owner';

/** The name of a role in PostgreSQL, where `:` and `-` would need quotes. */
export function roleName(prefix: string, role: string): string {
  return `${prefix}_${role.replace(/[:-]/g, '_')}`;
}

/** PostgreSQL cuts longer names off, and two roles would be one. */
const NAME_BYTES = 63;

export function longNames(prefix: string, roles: readonly string[]): string[] {
  return roles.map((role) => roleName(prefix, role)).filter((name) => name.length > NAME_BYTES);
}
