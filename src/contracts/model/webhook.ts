import { z } from 'zod';
import type { EventContract } from './event';
import { firstIssue, inWords } from './issue';
import { memberAt } from './member';

/** An event to publish, before it has its envelope. */
export interface NewEvent {
  readonly contract: EventContract;
  readonly id: string;
  readonly time?: string | undefined;
  readonly data: unknown;
}

/** A webhook call that is not verified yet. */
export interface SignedRequest {
  /** The bytes that the provider signed: as sent, or decompressed if they were sent compressed. */
  readonly body: Uint8Array;
  /** Header names are lower-case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a webhook call is genuine; the reason of a refusal is told to the caller. */
export type Verification = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Decides from the bytes of a call whether a provider sent it. Pure. `src/security` has ready-made functions.
 *
 * @param secrets the call may be signed with any of them; during a rotation there are two
 */
export interface VerifyWebhook {
  (request: SignedRequest, secrets: readonly string[], now: Date): Verification;
  /**
   * The header with the signature, in lower case: a call without it is refused before its body is read. Absent if the
   * signature is in the body.
   */
  readonly header?: string;
}

/** The webhook of one provider: how its calls are signed, and which events they become. */
export interface Webhook {
  /**
   * Name of the provider. It is part of the path `POST /webhooks/:provider`, of the source `/providers/<provider>`
   * and of the name of the secret's setting.
   */
  readonly provider: string;
  readonly verify: VerifyWebhook;
  /** Whether the provider compresses bodies. A body is decompressed before its signature is verified. Default: no */
  readonly compressed?: boolean | undefined;
  /** Reads a verified call: its JSON, and its headers with lower-case names. */
  readonly read: (call: WebhookCall) => WebhookReading;
}

/** A webhook call whose signature is right. */
export interface WebhookCall {
  readonly body: unknown;
  readonly headers: SignedRequest['headers'];
}

/**
 * What a verified call has become. `ignored`: the domain uses no notification of this type. The gateway answers 200;
 * otherwise the provider would repeat the call. `events`: at least one event, or a problem. With a problem, `events`
 * has the events of the call's other notifications.
 */
export type WebhookReading =
  | { readonly kind: 'ignored' }
  | {
      readonly kind: 'events';
      readonly events: readonly NewEvent[];
      readonly problem?: { readonly detail: string; readonly path: string | undefined } | undefined;
    };

/** The declaration of a provider's webhook, for {@link defineWebhook}. */
export interface WebhookDefinition {
  readonly provider: string;
  readonly verify: VerifyWebhook;
  /**
   * Whether the provider compresses bodies: such a body is decompressed before its signature is verified. Default: no,
   * and a compressed body is answered 415.
   */
  readonly compressed?: boolean;
  /**
   * Where a notification names its type: a member of the body (`type`, `meta.event`), or a header. The type is read
   * before the shape is checked: a notification of an unknown type is ignored, whatever its content.
   */
  readonly type: string | { readonly header: string };
  /**
   * The member that has the list of notifications, for a provider that sends several in one call. `type` is then a
   * member of each.
   */
  readonly each?: string;
  /** How notifications become events, by type. */
  readonly notifications: Readonly<Record<string, Notification>>;
}

/** How notifications of one type become events; made by {@link notification}. */
export interface Notification {
  readonly read: (body: unknown) => { readonly events: readonly NewEvent[] } | { readonly error: z.ZodError };
}

/** Thrown when two events of one call have the same id: the stream would keep only the first. */
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
export function defineWebhook(definition: WebhookDefinition): Webhook {
  const { provider, verify, compressed, type, each, notifications } = definition;
  return {
    provider,
    verify,
    ...(compressed !== undefined && { compressed }),
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
 * Declares how a notification of one type becomes events.
 *
 * @param body schema of the notification; not strict, because providers add fields without asking
 * @param toEvents makes the events. Use the provider's own event id as the event's id, so that repeats are
 *   recognised. If one notification becomes several events, give each an id of its own, such as `<id>:refund`. An
 *   empty list ignores the notification.
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
 * Makes a new event; its contract gives the data a type.
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
