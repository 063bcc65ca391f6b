/** The users of NATS, one for each role of a deployment. */
export const NATS_ROLES = [
  ...(['gateway', 'bridge', 'relay', 'subscriber'] as const),
  ...(['housekeeping', 'operator', 'console', 'provision'] as const),
] as const;
export type NatsRole = (typeof NATS_ROLES)[number];

const INBOXES = '_INBOX_';

/** The answers to a role's requests. A role may subscribe to nothing else, so it reads no other role's answers. */
export function inboxPrefixOf(role: NatsRole): string {
  return `${INBOXES}${role}`;
}

export function isInbox(subject: string): boolean {
  return subject.startsWith(INBOXES);
}

/** How a role's connection is named and where it receives answers. */
export function natsRole(role: NatsRole): { readonly name: string; readonly inboxPrefix: string } {
  return { name: `sagaline-${role}`, inboxPrefix: inboxPrefixOf(role) };
}
