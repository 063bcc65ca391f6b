import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamClient, MsgHdrs } from 'nats';
import { ErrorCode, headers, NatsError } from 'nats';
import type { CheckSignature, OutgoingEvent, SignEvent } from '../../../contracts';
import { SIGNATURE_HEADER, STRUCTURED_CONTENT_TYPE } from '../../../contracts';
import { messageIdsOf } from './message-ids';
import type { NotPublished } from './not-published';
import { EventConflictError, NotPublishedError } from './not-published';
import { storedUnder } from './same-event';

/** Time-out of one attempt: a healthy server answers in a millisecond, a cluster that elects a leader within seconds. */
const ATTEMPT_MS = 2_000;
/** With this number of attempts an HTTP caller waits less than nine seconds until the publish fails. */
const ATTEMPTS = 4;
const PAUSE_MS = 250;
/** "duplicate message id is in process": the same publish is under way on another connection. */
const SAME_ID_IN_FLIGHT = 10_158;
/**
 * JetStream's error codes for a lack of room: in the account, in the server's memory or on its disk, in the stream
 * (whose own limit is reported as a failed store).
 */
const FULL: ReadonlySet<number> = new Set([10_002, 10_023, 10_028, 10_047, 10_077]);
/** "invalid operation on sealed stream": the state of the stream is the cause, not the message. */
const SEALED = 10_109;
/** "too many requests": the stream has too much to store at the moment. */
const TOO_MANY_REQUESTS = 10_167;
/** Errors with the code of a faulty request that may still succeed when repeated. */
const PASSING: ReadonlySet<number> = new Set([SAME_ID_IN_FLIGHT, SEALED, TOO_MANY_REQUESTS]);

/** Where JetStream put an event. */
export interface PublishReceipt {
  readonly stream: string;
  readonly sequence: number;
  /** The stream had this event already, within its duplicate window. */
  readonly duplicate: boolean;
}

/** A message to publish. If it has headers, as a dead letter does, exactly these are sent. */
export interface OutgoingMessage extends OutgoingEvent {
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a publisher signs events, and checks those that it finds under an event's message id. */
export interface PublishSignatures {
  readonly sign?: SignEvent | undefined;
  /** A message that this refuses does not count as a stored event: anyone could have put it there. */
  readonly checkSignature?: CheckSignature | undefined;
}

export type Publish = (message: OutgoingMessage) => Promise<PublishReceipt>;

/**
 * Creates a publisher that repeats an unanswered publish under the same message id. It compares a duplicate with the
 * stored message, so a receipt means that this event is stored.
 *
 * @throws EventConflictError, and NotPublishedError
 */
export function createPublisher(
  jetstream: JetStreamClient,
  { sign, checkSignature }: PublishSignatures = {},
): Publish {
  return async (message) => {
    const own = message.headers ?? (await eventHeaders(message, sign));
    const messageIds = messageIdsOf(message);
    for (;;) {
      const head = headers();
      for (const [name, value] of Object.entries(own)) head.set(name, value);
      const receipt = await publishConfirmed(jetstream, {
        ...message,
        headers: head,
        messageId: messageIds.current(),
      });
      if (!receipt.duplicate) return receipt;
      const stored = await storedUnder(jetstream, receipt, message, checkSignature);
      if (stored === 'same') return receipt;
      if (stored === 'conflict') throw new EventConflictError(message.subject, receipt);
      messageIds.skip(receipt);
    }
  };
}

/** The headers of an event in the stream. */
export async function eventHeaders(
  { body }: Pick<OutgoingEvent, 'body'>,
  sign: SignEvent | undefined,
): Promise<Record<string, string>> {
  return {
    'Content-Type': STRUCTURED_CONTENT_TYPE,
    ...(sign && { [SIGNATURE_HEADER]: await sign(body) }),
  };
}

/**
 * Publishes a message, and repeats it until JetStream confirms it or no attempt is left.
 *
 * @throws NotPublishedError
 */
export async function publishConfirmed(
  jetstream: JetStreamClient,
  message: {
    subject: string;
    body: Uint8Array;
    headers: MsgHdrs;
    messageId: string;
    /**
     * Expected sequence of the last message of the subject, 0 if it has none; with another one the stream refuses the
     * message.
     */
    expectedLast?: number;
  },
): Promise<PublishReceipt> {
  const { messageId, headers: head, expectedLast } = message;
  const expect = expectedLast === undefined ? {} : { expect: { lastSubjectSequence: expectedLast } };
  let cause: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const options = { msgID: messageId, headers: head, timeout: ATTEMPT_MS, ...expect };
      const { stream, seq, duplicate } = await jetstream.publish(message.subject, message.body, options);
      return { stream, sequence: seq, duplicate };
    } catch (error) {
      cause = error;
      if (refusedForGood(error)) break;
      if (attempt < ATTEMPTS) await sleep(PAUSE_MS);
    }
  }
  throw new NotPublishedError(message.subject, reasonOf(cause), { cause });
}

/**
 * Whether repeating the publish does not help: the message is too large, breaks a rule of the stream, or goes to a
 * subject that the user may not publish to. The server reports the last one to the connection, and the client rejects the
 * request with that subject.
 */
function refusedForGood(error: unknown): boolean {
  if (!(error instanceof NatsError)) return false;
  if (error.code === (ErrorCode.MaxPayloadExceeded as string) || error.isPermissionError()) return true;
  const { code = 500, err_code = 0 } = error.api_error ?? {};
  return code < 500 && !PASSING.has(err_code) && !FULL.has(err_code);
}

/**
 * A starting server also answers "no responders", so that answer is believed only after the last attempt. The client
 * gives it the code that the API errors of a full stream have, so API errors are handled first.
 */
function reasonOf(error: unknown): NotPublished {
  if (!(error instanceof NatsError)) return 'unconfirmed';
  if (error.isPermissionError()) return 'not-permitted';
  if (refusedForGood(error)) return 'refused';
  if (error.api_error) return FULL.has(error.api_error.err_code ?? 0) ? 'full' : 'unconfirmed';
  return error.code === (ErrorCode.NoResponders as string) ? 'no-stream' : 'unconfirmed';
}
