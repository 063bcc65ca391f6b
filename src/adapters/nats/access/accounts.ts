import { EVENTS_STREAM } from '../streams/wanted-streams';
import type { RolePermissions } from './permissions';
import type { NatsRole } from './roles';
import { isInbox, NATS_ROLES } from './roles';

/**
 * The account that has JetStream, and no user. Every role has an account of its own, which imports from this one
 * exactly the subjects that the role may publish.
 *
 * NATS checks the subject of a message, and not where the answer is to go. With all users in one account, a role could
 * have JetStream answer to `$JS.API.STREAM.DELETE.EVENTS`, and the answer was a request. Through an import the answer
 * first goes to a subject of the server's own, and from there into the account of the client that asked.
 */
export const JETSTREAM_ACCOUNT = 'SAGALINE';

export function accountOf(role: NatsRole): string {
  return `${JETSTREAM_ACCOUNT}_${role.toUpperCase()}`;
}

/** A subject of JetStream's account, and the roles whose accounts import it. */
export interface Service {
  readonly subject: string;
  readonly roles: readonly NatsRole[];
  /** Whether one request has several answers: a pull, and a read of many events, get events and then a status. */
  readonly answers: 'one' | 'several';
}

const SEVERAL = ['.CONSUMER.MSG.NEXT.', `.DIRECT.GET.${EVENTS_STREAM}`];

/** The services of JetStream's account. */
export function servicesOf(permissions: Readonly<Record<NatsRole, RolePermissions>>): Service[] {
  const importers = new Map<string, NatsRole[]>();
  for (const role of NATS_ROLES) {
    for (const subject of importsOf(permissions[role])) {
      importers.set(subject, [...(importers.get(subject) ?? []), role]);
    }
  }
  return [...importers].map(([subject, roles]) => ({
    subject,
    roles,
    answers: SEVERAL.some((request) => subject.includes(request)) ? 'several' : 'one',
  }));
}

/**
 * What a role may publish to JetStream, each subject once: the server sends a message through every import that matches
 * it. Messages to a role's own inboxes stay in its account.
 */
export function importsOf({ publish: { allow } }: RolePermissions): string[] {
  const subjects = [...new Set(allow)].filter((subject) => !isInbox(subject));
  return subjects.filter((subject) => !subjects.some((other) => other !== subject && covers(other, subject)));
}

/** As in NATS: `*` is any one word, `>` is all further ones. */
function covers(pattern: string, subject: string): boolean {
  const [wanted, given] = [pattern.split('.'), subject.split('.')];
  const rest = wanted.indexOf('>');
  if (rest < 0 ? wanted.length !== given.length : given.length <= rest) return false;
  return wanted
    .slice(0, rest < 0 ? undefined : rest)
    .every((word, at) => word === given[at] || (word === '*' && given[at] !== '>'));
}
