import type { Rejection } from '../names/reasons';

/** Headers of every dead letter. One of them contains the headers of the event. */
export const DEAD_LETTER_HEADERS = {
  reason: 'Sagaline-Reason',
  detail: 'Sagaline-Detail',
  path: 'Sagaline-Path',
  route: 'Sagaline-Route',
  /** Id of the workflow that received the event and did not apply it; absent when the bridge dead-lettered it. */
  workflow: 'Sagaline-Workflow',
  subject: 'Sagaline-Subject',
  stream: 'Sagaline-Stream',
  sequence: 'Sagaline-Sequence',
  attempts: 'Sagaline-Attempts',
  storedAt: 'Sagaline-Stored-At',
  deadLetteredAt: 'Sagaline-Dead-Lettered-At',
  originalHeaders: 'Sagaline-Original-Headers',
  /** Number of the event's headers that had no room here; absent if all are here. */
  omittedHeaders: 'Sagaline-Omitted-Headers',
} as const;

/** The longest text, in bytes as encoded. A detail is for a person, who does not need more. */
const MAX_TEXT = 1_024;
/** The longest token of the subject, in characters; a correlation key is never longer. */
const MAX_TOKEN = 64;

/** Why and when an event was dead-lettered, and what is known about its origin. */
export interface DeadLetterDetails {
  readonly rejection: Rejection;
  /** The subject that the event was published to. */
  readonly subject: string;
  readonly deadLetteredAt: Date;
  /** The route that failed. */
  readonly route?: string | undefined;
  readonly workflow?: string | undefined;
}

/**
 * The subject of a dead letter: `dlq.<reason>.<context>.<key>`. Context and key are read from the event's subject,
 * because the body may be unreadable. The subject of a foreign publisher may be kilobytes long or contain a wildcard,
 * so each token is cut, and characters that our tokens do not use become `_`.
 */
export function deadLetterSubject({
  rejection,
  subject,
}: Pick<DeadLetterDetails, 'rejection' | 'subject'>): string {
  const [, context = 'unknown', , , key = 'unknown'] = subject.split('.').map(token);
  return `dlq.${rejection.reason}.${context}.${key}`;
}

function token(text: string): string {
  return text.slice(0, MAX_TOKEN).replace(/[^A-Za-z0-9_-]/g, '_') || '_';
}

/** The headers that every dead letter has; unknown values are left out. */
export function deadLetterHeaders(deadLetterDetails: DeadLetterDetails): Record<string, string> {
  const { rejection, subject, deadLetteredAt, route, workflow } = deadLetterDetails;
  const { reason, detail, path } = rejection;
  const names = DEAD_LETTER_HEADERS;
  return {
    [names.reason]: reason,
    [names.detail]: headerText(detail),
    ...(path !== undefined && { [names.path]: headerText(path) }),
    ...(route !== undefined && { [names.route]: headerText(route) }),
    ...(workflow !== undefined && { [names.workflow]: headerText(workflow) }),
    [names.subject]: headerText(subject),
    [names.deadLetteredAt]: deadLetteredAt.toISOString(),
  };
}

/**
 * Percent-encodes all but plain ASCII, and cuts the result to 1,024 bytes, so that foreign text cannot break the
 * headers.
 */
export function headerText(text: string): string {
  let encoded = '';
  for (const character of text.slice(0, MAX_TEXT)) {
    const next = /^[\x20-\x24\x26-\x7e]$/.test(character)
      ? character
      : encodeURIComponent(wellFormed(character));
    if (encoded.length + next.length > MAX_TEXT) break;
    encoded += next;
  }
  return encoded;
}

/** Replaces half of a surrogate pair, which has no encoding. It may come from the cut or from the publisher. */
function wellFormed(character: string): string {
  return /^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character;
}
