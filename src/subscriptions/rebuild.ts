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
import { retryPause } from '../delivery';
import type { AnySubscription, Catalogue, CheckSignature, StoredMessage } from '../contracts';
import { decodeSigned, errorMessage, originalSubject, subscriptionRoute } from '../contracts';
import { isAddressed, subjectSpacesOf } from './addressed';
import { finalRejection } from './final-rejection';
import type { Subscribed } from './subscribe';

/** The result of a rebuild. */
export interface RebuildReport {
  readonly first: number;
  readonly last: number;
  readonly handled: number;
  /** Events that were unreadable, refused or failed; they are among the dead letters. */
  readonly leftOut: number;
}

/** Thrown if the handler of a subscription makes nothing that can be rebuilt. */
export class NotRebuildableError extends Error {
  override readonly name = 'NotRebuildableError';
  constructor(readonly subscription: string) {
    super(`the subscription ${subscription} makes nothing that could be made anew`);
  }
}

/**
 * Rebuilds what a subscription's handler has made, from the first event of the stream to the event that is the last one
 * now. It moves no consumer's position in the stream, and running members go on with new events. If it ends early,
 * nothing is missing, and you can repeat it.
 *
 * An event on which the handler fails becomes a dead letter, and the rebuild goes on. If five events in a row fail, the
 * cause is not in the events, and the rebuild ends.
 *
 * @throws NotRebuildableError, and what the handler rejects with for the fifth event in a row
 */
export async function rebuild(
  connection: NatsConnection,
  {
    subscribed,
    catalogue,
    checkSignature,
    signal,
  }: {
    subscribed: Subscribed;
    catalogue: Catalogue;
    checkSignature?: CheckSignature | undefined;
    signal: AbortSignal;
  },
): Promise<RebuildReport> {
  const { subscription } = subscribed;
  const reader = await createStreamReader(connection, EVENTS_STREAM);
  const range = await reader.bounds();
  const rebuilding = 'handle' in subscribed ? await subscribed.startRebuild?.(range) : undefined;
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
    const decoding = decodeSigned(published, catalogue, checkSignature?.(message));
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
  // Events that the stream has removed meanwhile may not have been handed over.
  const { first } = await reader.bounds();
  await rebuilding.finish({ ...range, first: Math.max(range.first, first) });
  await failures.notOurs();
  return { ...range, handled, leftOut };
}

/** Attempts at one event. They take four to seven seconds, which is longer than a lock or the failover of a server. */
const ATTEMPTS = 8;
/** Attempts at an event right behind one that failed: that one has already waited for dependencies to return. */
const FURTHER_ATTEMPTS = 3;

/**
 * @returns the error that the handler rejects with, after several attempts if they may help; `undefined` if it succeeds
 */
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

/** Events in a row on which a handler fails, before the cause is taken to be in its environment. */
const IN_A_ROW = 5;

/**
 * Collects the dead letters of a rebuild. Failures whose cause may be on our side wait until another event is handled.
 */
async function openFailures(connection: NatsConnection, subscription: AnySubscription) {
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
    /**
     * Publishes the waiting dead letters: another event was handled, so the cause of their failures was not on our
     * side.
     */
    notOurs: async () => {
      const proven = waiting;
      waiting = [];
      for (const deadLetter of proven) await publish(deadLetter);
    },
  };
}

/** The subject without the correlation key. */
function spaceOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf('.'));
}
