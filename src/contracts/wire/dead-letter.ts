import type { Rejection } from '../names/reasons';

/** Headers of a dead letter, whoever dead-letters it. Those of the event travel inside one of them. */
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
  /** How many of the event's headers had no room here; absent when all are there. */
  omittedHeaders: 'Sagaline-Omitted-Headers',
} as const;

/** A detail is for a person; more than this is noise. In bytes, as encoded. */
const MAX_TEXT = 1_024;
/** Of a token of the subject; a correlation key is no longer. */
const MAX_TOKEN = 64;

/** Why and when an event was dead-lettered, and what is known of where it came from. */
export interface DeadLetterDetails {
  readonly rejection: Rejection;
  /** The one that the event was published to. */
  readonly subject: string;
  readonly deadLetteredAt: Date;
  /** The route that failed. */
  readonly route?: string | undefined;
  readonly workflow?: string | undefined;
}

/**
 * `dlq.<reason>.<context>.<key>`, its tokens taken from the event's subject: the body may not be readable. A stranger's
 * subject may be kilobytes long or contain a wildcard; what is not a token of ours becomes `_`.
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

/** The headers that every dead letter has; what is not known is left out. */
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

/** Percent-encoded where it is not plain ASCII, so that no text of a stranger can break the headers. */
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

/** Half of a surrogate pair, left over by the cut or sent by a stranger, has no encoding. */
function wellFormed(character: string): string {
  return /^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character;
}
