import { DEAD_LETTER_SUBJECTS, OPERATION_SUBJECTS, OVERFLOW_SUBJECTS } from '../../../contracts';
import type { Group } from '../consume/consumer';
import { consumerName, consumersOf } from '../consume/consumer';
import {
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  MIRROR_STREAM,
  OPERATIONS_STREAM,
  OVERFLOW_STREAM,
  POISON_DETECTION_BUCKET,
  POISON_DETECTION_STREAM,
} from '../streams/wanted-streams';
import type { NatsRole } from './roles';
import { inboxPrefixOf } from './roles';

/** What a project needs of NATS, as far as permissions depend on it. */
export interface NatsAccess {
  /** Subjects of the events that each of them publishes, such as `evt.orders.submitted.v1.*`. */
  readonly events: { readonly gateway: readonly string[]; readonly relay: readonly string[] };
  /** The groups that share the work: the bridges by their name, and each shared subscription. */
  readonly groups: { readonly bridge: string; readonly subscriptions: readonly DurableGroup[] };
  /** Whether a subscription is a broadcast: its processes make consumers with names of their own. */
  readonly broadcast: boolean;
  /** Prefix of JetStream's API. Default: `$JS.API` */
  readonly apiPrefix?: string | undefined;
}

type DurableGroup = Pick<Group, 'name' | 'batch'>;

/** The subjects that a user may use; everything else is refused. `deny` wins over `allow`. */
export interface RolePermissions {
  readonly publish: { readonly allow: readonly string[]; readonly deny?: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
}

const STREAMS = [EVENTS_STREAM, DEAD_LETTERS_STREAM, OVERFLOW_STREAM, OPERATIONS_STREAM];

/**
 * The least permissions of each role. A role may subscribe to its own inbox only: events reach it as answers to its
 * requests. Nobody may delete a stream or change one, except `provision`; nobody may remove a message, except
 * `housekeeping`.
 */
export function permissionsOf(access: NatsAccess): Readonly<Record<NatsRole, RolePermissions>> {
  const { events, groups, broadcast, apiPrefix = '$JS.API' } = access;
  const api = (verb: string, ...on: readonly string[]) => [apiPrefix, verb, ...on].join('.');
  const onEach = (verb: string, streams: readonly string[]) => streams.map((stream) => api(verb, stream));
  const read = (...streams: readonly string[]) => onEach('STREAM.MSG.GET', streams);
  const state = [api('INFO'), ...onEach('STREAM.INFO', STREAMS)];
  const deadLetter = [DEAD_LETTER_SUBJECTS, OVERFLOW_SUBJECTS];

  const bridges = durablesOf({ name: groups.bridge });
  const shared = groups.subscriptions.flatMap(durablesOf);
  const create = (name: string) => [
    api('CONSUMER.CREATE', EVENTS_STREAM, name),
    // A consumer with one filter has it in the subject of the request.
    api('CONSUMER.CREATE', EVENTS_STREAM, name, '>'),
  ];
  // The client makes a durable consumer with several filters by the older subject.
  const createDurable = (name: string) => [
    ...create(name),
    api('CONSUMER.DURABLE.CREATE', EVENTS_STREAM, name),
  ];
  const pull = (name: string) => [
    api('CONSUMER.INFO', EVENTS_STREAM, name),
    api('CONSUMER.MSG.NEXT', EVENTS_STREAM, name),
  ];
  const consume = (name: string) => [...pull(name), ...acknowledge(name)];
  const passing = [...create('*'), api('CONSUMER.DELETE', EVENTS_STREAM, '*'), ...pull('*')];
  /** What a user with `passing` may not do with the durable consumers of others. */
  const notTheirs = (names: readonly string[]) =>
    names.flatMap((name) => [
      ...create(name),
      api('CONSUMER.DELETE', EVENTS_STREAM, name),
      api('CONSUMER.MSG.NEXT', EVENTS_STREAM, name),
    ]);
  const role = (name: NatsRole, allow: readonly string[], deny: readonly string[] = []): RolePermissions => ({
    publish: { allow: [...state, ...allow], ...(deny.length > 0 && { deny }) },
    subscribe: { allow: [`${inboxPrefixOf(name)}.>`] },
  });

  return {
    gateway: role('gateway', [...events.gateway, ...read(EVENTS_STREAM)]),
    relay: role('relay', [
      ...events.relay,
      DEAD_LETTER_SUBJECTS,
      ...read(EVENTS_STREAM, DEAD_LETTERS_STREAM),
    ]),
    bridge: role('bridge', [
      ...deadLetter,
      // Of the operations, which routes are paused.
      ...read(EVENTS_STREAM, DEAD_LETTERS_STREAM, OVERFLOW_STREAM, OPERATIONS_STREAM),
      ...bridges.flatMap(consume),
      // What waits behind a hot key, and what bridges tell each other about it.
      api('DIRECT.GET', EVENTS_STREAM),
      `${inboxPrefixOf('bridge')}.ahead.${groups.bridge}`,
      api('STREAM.INFO', POISON_DETECTION_STREAM),
      ...read(POISON_DETECTION_STREAM),
      api('DIRECT.GET', POISON_DETECTION_STREAM, '>'),
      `$KV.${POISON_DETECTION_BUCKET}.*.*`,
    ]),
    subscriber: role(
      'subscriber',
      [
        ...deadLetter,
        ...read(EVENTS_STREAM, DEAD_LETTERS_STREAM),
        ...shared.flatMap(consume),
        // By the client's older subject again, which does not name the consumer.
        ...(broadcast ? [...passing, api('CONSUMER.CREATE', EVENTS_STREAM), ...acknowledge('*')] : []),
      ],
      broadcast ? [...notTheirs(bridges), ...bridges.flatMap(acknowledge)] : [],
    ),
    housekeeping: role('housekeeping', [
      ...read(...STREAMS),
      api('CONSUMER.LIST', EVENTS_STREAM),
      api('STREAM.PURGE', EVENTS_STREAM),
      ...onEach('STREAM.MSG.DELETE', [DEAD_LETTERS_STREAM, OVERFLOW_STREAM, OPERATIONS_STREAM]),
    ]),
    operator: role('operator', [
      ...new Set([...events.gateway, ...events.relay]),
      OPERATION_SUBJECTS,
      DEAD_LETTER_SUBJECTS,
      api('STREAM.INFO', MIRROR_STREAM),
      ...read(...STREAMS, MIRROR_STREAM),
      api('CONSUMER.INFO', EVENTS_STREAM, '*'),
      // For `sagaline doctor`.
      api('STREAM.LIST'),
      api('STREAM.INFO', POISON_DETECTION_STREAM),
      api('CONSUMER.LIST', EVENTS_STREAM),
    ]),
    // What people do there: records, and events that are redriven.
    console: role('console', [
      ...new Set([...events.gateway, ...events.relay]),
      OPERATION_SUBJECTS,
      ...read(EVENTS_STREAM, DEAD_LETTERS_STREAM, OPERATIONS_STREAM),
      // What each group has not settled.
      api('CONSUMER.INFO', EVENTS_STREAM, '*'),
    ]),
    provision: role('provision', [
      api('STREAM.LIST'),
      // After a restore, `sagaline recover` finds the event of a time, and sets consumers back to it.
      ...read(EVENTS_STREAM),
      ...['STREAM.INFO', 'STREAM.CREATE'].flatMap((verb) =>
        onEach(verb, [POISON_DETECTION_STREAM, MIRROR_STREAM]),
      ),
      ...['STREAM.CREATE', 'STREAM.UPDATE'].flatMap((verb) => onEach(verb, STREAMS)),
      api('STREAM.UPDATE', POISON_DETECTION_STREAM),
      api('CONSUMER.LIST', EVENTS_STREAM),
      ...[...bridges, ...shared].flatMap((name) => [
        api('CONSUMER.INFO', EVENTS_STREAM, name),
        api('CONSUMER.DELETE', EVENTS_STREAM, name),
        ...createDurable(name),
      ]),
    ]),
  };
}

/** The consumers of a group; permissions have no wildcard for a part of a name. */
function durablesOf(group: DurableGroup): string[] {
  return Array.from({ length: consumersOf(group).count }, (_, number) =>
    consumerName(group.name, { number, settled: 0 }),
  );
}

/** With and without the server's domain and account: https://github.com/nats-io/nats-architecture-and-design, ADR-15. */
function acknowledge(consumer: string): string[] {
  return [`$JS.ACK.${EVENTS_STREAM}.${consumer}.>`, `$JS.ACK.*.*.${EVENTS_STREAM}.${consumer}.>`];
}
