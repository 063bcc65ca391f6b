import { subjectSpaceOf } from '../names/subject';
import type { Catalogue } from './catalogue';
import type { EventContract } from './event';
import { originOf } from './origin';

/** Subjects of NATS that each part may publish events to. Nobody may publish to `p.>`, under which the stream stores them. */
export interface PublishPermissions {
  /** External events, by the name that their contracts give the publisher. */
  readonly publishers: readonly { readonly publisher: string; readonly subjects: readonly string[] }[];
  /** External events, and those of webhooks. */
  readonly gateway: readonly string[];
  /** Internal events. */
  readonly relay: readonly string[];
}

/**
 * Makes the permissions of NATS from the origins of the contracts: `evt.orders.submitted.v1.*`. NATS cannot check a
 * source, so the bridge and subscriptions check it again.
 *
 * @example
 * publishPermissions(createCatalogue([shop])).publishers; // [{ publisher: 'the web shop', subjects: ['evt.orders.submitted.v1.*', …] }]
 */
export function publishPermissions({ contracts }: Pick<Catalogue, 'contracts'>): PublishPermissions {
  const publishers = new Map<string, string[]>();
  const gateway: string[] = [];
  const relay: string[] = [];
  for (const contract of contracts) {
    const origin = originOf(contract);
    const subject = subjectsOf(contract);
    (origin.kind === 'internal' ? relay : gateway).push(subject);
    if (origin.kind !== 'external') continue;
    publishers.set(origin.publisher, [...(publishers.get(origin.publisher) ?? []), subject]);
  }
  return {
    publishers: [...publishers].map(([publisher, subjects]) => ({ publisher, subjects })),
    gateway,
    relay,
  };
}

function subjectsOf({ type }: EventContract): string {
  return `${subjectSpaceOf(type)}.*`;
}
