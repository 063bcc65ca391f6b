import { z } from 'zod';
import type { EventContract } from './event';
import { firstIssue, inWords } from './issue';
import { memberAt } from './member';

/** An event about to be published, before it has its envelope. */
export interface NewEvent {
  readonly contract: EventContract;
  readonly id: string;
  readonly time?: string | undefined;
  readonly data: unknown;
}

/** A webhook call, before anything in it is believed. */
export interface SignedRequest {
  /** The bytes that the provider signed: as sent, or, where they came compressed, as they were before. */
  readonly body: Uint8Array;
  /** Names are lower-case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a webhook call is genuine; the reason of a refusal is for the log, not for the caller. */
export type Verification = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Decides whether a provider has sent a call: pure, over the bytes. Ready ones are in `src/security`.
 *
 * @param secrets any of them may have signed: while a secret is being changed, there are two
 */
export type VerifyWebhook = (request: SignedRequest, secrets: readonly string[], now: Date) => Verification;

/** How one provider speaks: how its calls are signed, and the events that they become. */
export interface Webhook {
  /** In the path `POST /webhooks/:provider`, the source `/providers/<provider>` and the secret's setting. */
  readonly provider: string;
  readonly verify: VerifyWebhook;
  /** Reads a verified call: its JSON, and its headers with names in lower case. */
  readonly read: (call: WebhookCall) => WebhookReading;
}

/** A webhook call whose signature is right. */
export interface WebhookCall {
  readonly body: unknown;
  readonly headers: SignedRequest['headers'];
}

/**
 * `ignored`: of no type that the domain uses; answered with 200, or the provider would repeat it. `events` has one event at
 * least, or a problem; with a problem, the events are those of the notifications beside the wrong one.
 */
export type WebhookReading =
  | { readonly kind: 'ignored' }
  | {
      readonly kind: 'events';
      readonly events: readonly NewEvent[];
      readonly problem?: { readonly detail: string; readonly path: string | undefined } | undefined;
    };

/** What {@link defineWebhook} is told of a provider. */
export interface WebhookDefinition {
  readonly provider: string;
  readonly verify: VerifyWebhook;
  /**
   * Where a notification names its type: a member of the body (`type`, `meta.event`), or a header. It is read before the
   * shape is checked: what has an unknown type is ignored, whatever else is in it.
   */
  readonly type: string | { readonly header: string };
  /** The member with the list of notifications, for a provider that sends several in one call; their `type` is in each. */
  readonly each?: string;
  /** By type: what becomes of a notification. */
  readonly notifications: Readonly<Record<string, Notification>>;
}

/** Made by {@link notification}. */
export interface Notification {
  readonly read: (body: unknown) => { readonly events: readonly NewEvent[] } | { readonly error: z.ZodError };
}

/** Thrown when two events of one call have the same id: the stream would keep the first alone. */
export class RepeatedEventIdError extends Error {
  override readonly name = 'RepeatedEventIdError';

  constructor(
    readonly provider: string,
    readonly id: string,
  ) {
    super(`two events of one webhook of ${provider} have the id ${id}; each needs its own`);
  }
}

/**
 * Declares a provider's webhook.
 *
 * @example
 * const body = z.object({ id: z.string(), device: z.string() });
 * export const monitoring = defineWebhook({
 *   provider: 'monitoring',
 *   verify: stripeSignature({ header: 'webhook-signature' }),
 *   type: 'event',
 *   notifications: {
 *     'device.hot': notification(body, ({ id, device }) => newEvent(alertRaised, { id, data: { deviceId: device } })),
 *   },
 * });
 */
export function defineWebhook({ provider, verify, type, each, notifications }: WebhookDefinition): Webhook {
  return {
    provider,
    verify,
    read: ({ body, headers }) => {
      const parts = each === undefined ? [{ value: body, path: [] }] : listAt(body, each);
      if (!Array.isArray(parts)) return { kind: 'events', events: [], problem: parts };
      const events: NewEvent[] = [];
      let problem: Problem | undefined;
      for (const { value, path } of parts) {
        const name =
          typeof type === 'string' ? typeAt(value, type, path) : headers[type.header.toLowerCase()];
        if (typeof name === 'object') problem ??= name;
        if (typeof name !== 'string' || !Object.hasOwn(notifications, name)) continue;
        const read = notifications[name]?.read(value) ?? { events: [] };
        if ('error' in read) problem ??= firstIssue(read.error, ...path);
        else events.push(...read.events);
      }
      if (events.length === 0 && !problem) return { kind: 'ignored' };
      checkIds(provider, events);
      return { kind: 'events', events, problem };
    },
  };
}

/**
 * What becomes of a notification of one type.
 *
 * @param body not strict: providers add fields without asking
 * @param toEvents the provider's own event id becomes the event's id, so that repeats are recognised; where several events
 *   come of one notification, each needs an id of its own, such as `<id>:refund`. None: the notification is ignored.
 *
 * @example
 * notification(z.object({ id: z.string(), device: z.string() }), ({ id, device }) =>
 *   newEvent(alertRaised, { id, data: { deviceId: device } }),
 * );
 */
export function notification<Body>(
  body: z.ZodType<Body>,
  toEvents: (body: Body) => NewEvent | readonly NewEvent[],
): Notification {
  return {
    read: (value) => {
      const parsed = body.safeParse(value, { error: inWords });
      return parsed.success ? { events: [toEvents(parsed.data)].flat() } : { error: parsed.error };
    },
  };
}

/**
 * A new event, its data typed by its contract.
 *
 * @example
 * newEvent(alertRaised, { id: 'evt-1', data: { deviceId: 'dev-1' } });
 */
export function newEvent<Type extends string, Data>(
  contract: EventContract<Type, Data>,
  event: { id: string; time?: string | undefined; data: Data },
): NewEvent {
  return { contract, ...event };
}

interface Problem {
  readonly detail: string;
  readonly path: string | undefined;
}

function listAt(body: unknown, each: string): { value: unknown; path: (string | number)[] }[] | Problem {
  const found = memberAt(body, each);
  const steps = each.split('.');
  if (!Array.isArray(found)) return { detail: 'must be a list of notifications', path: each };
  return found.map((value: unknown, at) => ({ value, path: [...steps, at] }));
}

function typeAt(value: unknown, place: string, path: readonly (string | number)[]): string | Problem {
  const whole = z.record(z.string(), z.unknown()).safeParse(value);
  if (!whole.success) return firstIssue(whole.error, ...path);
  const name = z.string().safeParse(memberAt(value, place), { error: inWords });
  return name.success ? name.data : firstIssue(name.error, ...path, ...place.split('.'));
}

function checkIds(provider: string, events: readonly NewEvent[]): void {
  const seen = new Set<string>();
  for (const { id } of events) {
    if (seen.has(id)) throw new RepeatedEventIdError(provider, id);
    seen.add(id);
  }
}
