import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import {
  createDeadLetters,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  onceInStream,
  tail,
} from '../adapters/nats';
import type { DeadLetter } from '../delivery';
import { decode, retryPause } from '../delivery';
import type { Catalogue, StoredMessage, Subscription } from '../contracts';
import { errorMessage, originalSubject, subscriptionRoute } from '../contracts';
import { isAddressed, subjectSpacesOf } from './addressed';
import type { Subscribed } from './subscribe';
import { finalRejection } from './subscriber';

/** What a rebuild has done. */
export interface RebuildReport {
  readonly first: number;
  readonly last: number;
  readonly handled: number;
  /** Unreadable, refused or failed: among the dead letters. */
  readonly leftOut: number;
}

/** The subscription makes nothing that could be made anew. */
export class NotRebuildableError extends Error {
  override readonly name = 'NotRebuildableError';
  constructor(readonly subscription: string) {
    super(`the subscription ${subscription} makes nothing that could be made anew`);
  }
}

/**
 * Makes anew what a subscription has made, from the stream's first event to what is its last one now. Nobody's place in
 * the stream moves and members go on with new events; should it end early, nothing is missing, and it may be repeated.
 *
 * An event on which the handler fails is a dead letter, and the rebuild goes on. Several in a row are no fault of the events: then the
 * rebuild ends.
 *
 * @throws NotRebuildableError, and what the handler rejects with for the fifth event in a row
 */
export async function rebuild(
  connection: NatsConnection,
  { subscribed, catalogue, signal }: { subscribed: Subscribed; catalogue: Catalogue; signal: AbortSignal },
): Promise<RebuildReport> {
  const { subscription } = subscribed;
  const reader = await createStreamReader(connection, EVENTS_STREAM);
  const range = await reader.bounds();
  const rebuilding = await subscribed.startRebuild?.(range);
  if (!rebuilding) throw new NotRebuildableError(subscription.name);
  const spaces = new Set(subjectSpacesOf(subscription, catalogue));
  const failures = await openFailures(connection, subscription);
  let [handled, leftOut] = [0, 0];

  const events = tail(connection, EVENTS_STREAM, {
    subjects: '>',
    from: { sequence: range.first },
    untilEnd: true,
    signal,
  });
  for await (const message of events) {
    if (message.sequence > range.last) break;
    const published = { ...message, subject: originalSubject(message.subject) };
    if (!spaces.has(spaceOf(published.subject)) || !isAddressed(message.headers, subscription)) continue;
    const decoding = decode(published, catalogue);
    if (!decoding.ok) {
      leftOut++;
      continue;
    }
    const { event } = decoding;
    const attempts = failures.isEmpty() ? ATTEMPTS : FURTHER_ATTEMPTS;
    const error = await failureOf(() => rebuilding.handle(event, message), attempts, signal);
    if (error === undefined) {
      handled++;
      await failures.notOurs();
    } else {
      leftOut++;
      await failures.add(published, error);
    }
  }
  signal.throwIfAborted();
  // What the stream has forgotten meanwhile may not have been handed over.
  const { first } = await reader.bounds();
  await rebuilding.finish({ ...range, first: Math.max(range.first, first) });
  await failures.notOurs();
  return { ...range, handled, leftOut };
}

/** A lock or a server that changes over is past after these; they take four to seven seconds. */
const ATTEMPTS = 8;
/** For an event right behind one that failed: what is away has been waited for. */
const FURTHER_ATTEMPTS = 3;

/** @returns what the handler rejects with, after several attempts where they may help */
async function failureOf(
  handle: () => Promise<void>,
  attempts: number,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      await handle();
      return undefined;
    } catch (error) {
      if (finalRejection(error) || attempt === attempts) return error;
      await sleep(retryPause(attempt, Math.random), undefined, { signal });
    }
  }
}

/** Events in a row on which a handler failed, before its surroundings are to blame. */
const IN_A_ROW = 5;

/** Dead letters of a rebuild: those of failures that may be our own wait until another event got through. */
async function openFailures(connection: NatsConnection, subscription: Subscription) {
  const deadLetters = onceInStream(
    createDeadLetters(connection.jetstream(), () => new Date()),
    await createStreamReader(connection, DEAD_LETTERS_STREAM),
  );
  let waiting: DeadLetter[] = [];
  const publish = (deadLetter: DeadLetter) => deadLetters.publish(deadLetter);
  return {
    isEmpty: () => waiting.length === 0,
    add: async (message: StoredMessage, error: unknown) => {
      const final = finalRejection(error);
      const rejection = final ?? { reason: 'failed-in-subscription' as const, detail: errorMessage(error) };
      const deadLetter = {
        delivery: { ...message, deliveryCount: 1 },
        rejection,
        route: subscriptionRoute(subscription),
      };
      if (final) return publish(deadLetter);
      waiting.push(deadLetter);
      if (waiting.length === IN_A_ROW) throw error;
    },
    /** An event got through. */
    notOurs: async () => {
      const proven = waiting;
      waiting = [];
      for (const deadLetter of proven) await publish(deadLetter);
    },
  };
}

/** Without the correlation key. */
function spaceOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf('.'));
}
