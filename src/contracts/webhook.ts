import type { z } from 'zod';
import type { EventContract } from './event';
import { inWords } from './issue';

/** An event about to be published, before it has its envelope. */
export interface NewEvent {
  readonly contract: EventContract;
  readonly id: string;
  readonly time?: string | undefined;
  readonly data: unknown;
}

/**
 * How one provider speaks: the JSON of its webhooks, and the event that each becomes. Pure; the signature has been
 * verified before.
 */
export interface Webhook {
  /** In the path `POST /webhooks/:provider`, the source `/providers/<provider>` and the secret's setting. */
  readonly provider: string;
  /** `undefined` for news that this domain has no use for: they are answered with 200, or providers would repeat them. */
  readonly read: (body: unknown) => WebhookReading;
}

export type WebhookReading =
  | { readonly kind: 'event'; readonly event: NewEvent }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'invalid'; readonly error: z.ZodError };

export interface WebhookDefinition<Body> {
  readonly provider: string;
  /** Not strict: providers add fields without asking. */
  readonly body: z.ZodType<Body>;
  /** The provider's own event id becomes the event's id, so that its repeats are recognised. */
  readonly toEvent: (body: Body) => NewEvent | undefined;
}

export function defineWebhook<Body>(definition: WebhookDefinition<Body>): Webhook {
  return {
    provider: definition.provider,
    read: (body) => {
      const parsed = definition.body.safeParse(body, { error: inWords });
      if (!parsed.success) return { kind: 'invalid', error: parsed.error };
      const event = definition.toEvent(parsed.data);
      return event ? { kind: 'event', event } : { kind: 'ignored' };
    },
  };
}

/** A new event, its data typed by its contract. */
export function newEvent<Type extends string, Data>(
  contract: EventContract<Type, Data>,
  event: { id: string; time?: string | undefined; data: Data },
): NewEvent {
  return { contract, ...event };
}
