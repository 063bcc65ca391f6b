import type { NatsConnection } from 'nats';
import { createStreamReader, EVENTS_STREAM, tail } from '../adapters/nats';
import { decode } from '../bridge';
import type { Catalogue } from '../contracts';
import { originalSubject, RefusalError } from '../contracts';
import { isAddressed, subjectSpacesOf } from './addressed';
import type { Subscribed } from './subscribe';

/** What a rebuild has done. */
export interface RebuildReport {
  readonly first: number;
  readonly last: number;
  readonly handled: number;
  /** Unreadable or refused: among the dead letters since they first came. */
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
 * @throws NotRebuildableError, and what the handler rejects with, unless that is a refusal
 */
export async function rebuild(
  connection: NatsConnection,
  { subscribed, catalogue, signal }: { subscribed: Subscribed; catalogue: Catalogue; signal: AbortSignal },
): Promise<RebuildReport> {
  const { subscription } = subscribed;
  const reader = await createStreamReader(connection, EVENTS_STREAM);
  const stretch = await reader.bounds();
  const rebuilding = await subscribed.startRebuild?.(stretch);
  if (!rebuilding) throw new NotRebuildableError(subscription.name);
  const spaces = new Set(subjectSpacesOf(subscription, catalogue));
  let [handled, leftOut] = [0, 0];

  const events = tail(connection, EVENTS_STREAM, {
    subjects: '>',
    from: { sequence: stretch.first },
    untilEnd: true,
    signal,
  });
  for await (const message of events) {
    if (message.sequence > stretch.last) break;
    const published = { ...message, subject: originalSubject(message.subject) };
    if (!spaces.has(spaceOf(published.subject)) || !isAddressed(message.headers, subscription)) continue;
    const decoding = decode(published, catalogue);
    const taken = decoding.ok && (await accepted(rebuilding.handle(decoding.event, message)));
    if (taken) handled++;
    else leftOut++;
  }
  signal.throwIfAborted();
  // What the stream has forgotten meanwhile may not have been handed over.
  const { first } = await reader.bounds();
  await rebuilding.finish({ ...stretch, first: Math.max(stretch.first, first) });
  return { ...stretch, handled, leftOut };
}

async function accepted(handling: Promise<void>): Promise<boolean> {
  try {
    await handling;
    return true;
  } catch (error) {
    if (error instanceof RefusalError) return false;
    throw error;
  }
}

/** Without the correlation key. */
function spaceOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf('.'));
}
