import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PublishReceipt } from '../adapters/nats';
import { NotPublishedError } from '../adapters/nats';
import { doubling } from '../async';
import type { EventContract, Log, OutgoingEvent } from '../contracts';
import {
  cloudEvent,
  encodeEvent,
  InvalidEventError,
  MAX_EVENT_BYTES,
  personalPaths,
  publisherProblem,
} from '../contracts';
import type { GatewayTarget } from './gateway';
import { GatewayAnswerError, gatewayTransport } from './gateway';
import type { NatsTarget } from './nats';
import { natsTransport } from './nats';
import type { Signing } from './signing';
import { signerOf } from './signing';
import type { Transport } from './transport';

/** Where events go: the gateway, which checks them at once, or straight to JetStream. */
export type Target = GatewayTarget | NatsTarget;

/** Where a producer publishes, and as whom. */
export interface PublisherOptions {
  readonly to: Target;
  /**
   * The name of the producer, such as `/web-shop`, the same in all its processes. Source and id are the identity of an
   * event.
   */
  readonly source: string;
  /**
   * How long an event is tried, in milliseconds. Default: 30,000, which is longer than a restart of NATS or the
   * gateway.
   */
  readonly giveUpAfterMs?: number;
  /** Signs each event, if the deployment wants signed ones. */
  readonly signing?: Signing;
  readonly log?: Log;
}

/** Attributes of an event beside its data. */
export interface EventOptions {
  /**
   * Unique for the source. Default: a random id for this call. If you may publish the event again later, give an id of
   * your own, made of what the event is about.
   */
  readonly id?: string;
  /** RFC 3339. Default: now. */
  readonly time?: string;
  /** Id of the event that caused this one. */
  readonly causationId?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
}

/** An event that is stored. */
export interface PublishedEvent extends PublishReceipt {
  readonly id: string;
  readonly source: string;
  readonly subject: string;
}

/** Publishes events of one producer. */
export interface EventPublisher {
  /**
   * Publishes an event at least once, and tries again under the same id until it is confirmed: the stream stores it
   * once.
   *
   * @throws InvalidEventError if the data does not fit the contract, the contract is for other sources, or it marks
   * personal fields and the target is NATS, where nobody would encrypt them; nothing was sent
   * @throws EventConflictError if another event has its source and id (the gateway's 409)
   * @throws NotPublishedError if it is refused for good, or was not confirmed in time; in the second case it may be
   * stored, and you can safely publish it again under the same id
   */
  publish<Data>(
    contract: EventContract<string, Data>,
    data: NoInfer<Data>,
    options?: EventOptions,
  ): Promise<PublishedEvent>;
  close(): Promise<void>;
}

const GIVE_UP_AFTER_MS = 30_000;
/**
 * Pauses between attempts: short enough that a waiting producer soon goes on, and long enough not to flood a stream
 * that is not available.
 */
const PAUSES = { firstMs: 250, longestMs: 4_000 };

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Makes a publisher for producers outside of a project. It connects at its first event.
 *
 * @throws TypeError if an event cannot have this source, InvalidConfigError if the file of the key cannot be read
 *
 * @example
 * const publisher = createEventPublisher({ to: { gateway: 'http://127.0.0.1:8080' }, source: '/sensors' });
 * await publisher.publish(alertRaised, { deviceId: 'dev-1' }, { id: 'raised:dev-1:2026-01-15' });
 */
export function createEventPublisher(options: PublisherOptions): EventPublisher {
  const { to, giveUpAfterMs = GIVE_UP_AFTER_MS, signing, log = silent } = options;
  const source = checkedSource(options.source);
  const transport = transportTo(to, { name: `publisher ${source}`, log, signing });
  return {
    publish: async (contract, data, given = {}) => {
      const { id = randomUUID(), time = new Date().toISOString(), causationId, traceparent } = given;
      checkOrigin(contract, source);
      if (!('gateway' in to)) checkNoPersonalFields(contract);
      const event = encodeEvent({ contract, id, time, data }, { source, causationId, traceparent });
      checkSize(contract.type, event);
      const receipt = await untilConfirmed(() => transport.publish(event), giveUpAfterMs);
      return { id, source, subject: event.subject, ...receipt };
    },
    close: () => transport.close(),
  };
}

/**
 * Checks a source, and returns it.
 *
 * @throws TypeError if an event cannot have this source
 */
export function checkedSource(source: string): string {
  const parsed = cloudEvent.shape.source.safeParse(source);
  if (!parsed.success) throw new TypeError(`the source "${source}" ${parsed.error.issues[0]?.message ?? ''}`);
  return parsed.data;
}

/**
 * Checks that a producer may publish events of this contract.
 *
 * @throws InvalidEventError
 */
export function checkOrigin(contract: EventContract, source: string): void {
  const forbidden = publisherProblem({ source }, contract);
  if (forbidden) throw new InvalidEventError(contract.type, forbidden.detail, forbidden.path);
}

/**
 * Checks that nothing of an event has to be encrypted: the gateway encrypts personal fields, and a producer has no keys.
 *
 * @throws InvalidEventError
 */
export function checkNoPersonalFields({ type, schema }: EventContract): void {
  const [first] = personalPaths(schema);
  if (first === undefined) return;
  const detail =
    'is a personal field, which would be stored in clear: publish this event through the gateway';
  throw new InvalidEventError(type, detail, `data.${first.join('.')}`);
}

export function transportTo(
  target: Target,
  {
    name,
    log,
    signing,
  }: { readonly name: string; readonly log: Log; readonly signing?: Signing | undefined },
): Transport {
  const sign = signerOf(signing, log);
  return 'gateway' in target ? gatewayTransport(target, sign) : natsTransport(target, { name, log, sign });
}

function checkSize(type: string, { body }: OutgoingEvent): void {
  if (body.byteLength <= MAX_EVENT_BYTES) return;
  const detail = `it has ${body.byteLength} bytes, at most ${MAX_EVENT_BYTES} are allowed`;
  throw new InvalidEventError(type, detail, undefined);
}

async function untilConfirmed<Result>(
  attempt: () => Promise<Result>,
  giveUpAfterMs: number,
): Promise<Result> {
  const deadline = performance.now() + giveUpAfterMs;
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NotPublishedError) || error.why === 'refused') throw error;
      const wantedMs = error.cause instanceof GatewayAnswerError ? (error.cause.retryAfterMs ?? 0) : 0;
      const waitMs = Math.max(doubling(failures, PAUSES), wantedMs);
      if (performance.now() + waitMs > deadline) throw error;
      await sleep(waitMs);
    }
  }
}
