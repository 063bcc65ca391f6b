import { EventConflictError, isUnanswered, NotPublishedError } from '../../adapters/nats';
import { isUnavailable } from '../../adapters/temporal';
import { RefusedError } from '../../dead-letters';
import { OperatorError } from '../../operator';

/** How an error is shown. */
export interface Shown {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const STATUS: Readonly<Record<string, number>> = {
  'no-token': 401,
  unauthorized: 401,
  'forbidden-scope': 403,
  'forbidden-source': 403,
  'forbidden-type': 403,
  'forbidden-host': 403,
  'forbidden-origin': 403,
  'forbidden-form': 403,
  'no-reason': 422,
  'invalid-time': 422,
  invalid: 422,
  'invalid-event': 422,
  'unknown-type': 404,
  'unknown-pool': 404,
  'unknown-version': 404,
  'unknown-saga': 404,
  'unknown-request': 404,
  'unknown-switch': 404,
  'unknown-bulk': 404,
  'unknown-dead-letter': 404,
  'audit-unavailable': 503,
  'keys-unavailable': 503,
  'nats-unavailable': 503,
  'no-answer': 504,
};
/** Whatever else is refused is so because of the present state of something. */
const CONFLICT = 409;
const UNAVAILABLE = 503;

const AWAY = {
  nats: {
    status: 503,
    code: 'nats-unavailable',
    message: 'NATS does not answer (NATS_URL). Nothing is lost: what was not confirmed may be repeated.',
  },
  temporal: {
    status: 503,
    code: 'temporal-unavailable',
    message:
      'Temporal does not answer (TEMPORAL_ADDRESS). Nothing is lost: what was not confirmed may be repeated.',
  },
} as const;

/** What the reader is told of an error; `undefined` for one that is not expected. */
export function shownOf(error: unknown): Shown | undefined {
  if (error instanceof OperatorError) {
    const { code, message } = error;
    return { status: STATUS[code] ?? CONFLICT, code, message };
  }
  if (error instanceof RefusedError) {
    const { refusal: code, message } = error;
    return { status: STATUS[code] ?? CONFLICT, code, message };
  }
  if (error instanceof NotPublishedError)
    return { status: UNAVAILABLE, code: 'not-published', message: error.message };
  if (error instanceof EventConflictError)
    return {
      ...{ status: CONFLICT, code: 'conflict' },
      message: 'an event of this source and id is stored already, with other content',
    };
  if (isUnanswered(error)) return AWAY.nats;
  if (isUnavailable(error)) return AWAY.temporal;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (!(error instanceof Error) || status < 400 || status >= 500) return undefined;
  return { status, code: 'bad-request', message: error.message };
}
