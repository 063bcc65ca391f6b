import { refusal, type Answer, type Decision } from './decision';

/** What both providers may do to a call, whatever it asks for. */
export interface CallTrouble {
  /** Requests with one key that are answered 503 before one succeeds. */
  readonly unavailable?: number;
  /** The first request with a key vanishes: no effect, no answer. */
  readonly requestLost?: true;
  /** The first request with a key takes effect, and its answer vanishes. */
  readonly answerLost?: true;
  /** The first request with a key takes effect, and its answer is 200 with half a JSON. */
  readonly answerGarbled?: true;
}

const unavailable: Answer = refusal(503, {
  type: 'api_error',
  code: 'unavailable',
  message: 'The service is temporarily unavailable. Try again.',
});

/** The trouble that keeps a call from being decided at all; `tries` counts the earlier requests with its key. */
export function troubleBefore(trouble: CallTrouble, tries: number): Decision | undefined {
  if (trouble.requestLost && tries === 0) return { kind: 'unsettled', answer: unavailable, fault: 'lost' };
  if (tries < (trouble.unavailable ?? 0)) return { kind: 'unsettled', answer: unavailable };
  return undefined;
}

export function faultOfAnswer(trouble: CallTrouble): 'lost' | 'garbled' | undefined {
  if (trouble.answerLost) return 'lost';
  return trouble.answerGarbled ? 'garbled' : undefined;
}
