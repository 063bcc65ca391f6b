import { refusal, type Answer, type Decision } from './decision';

/** Faults that both providers may apply to any call. */
export interface CallTrouble {
  /** The number of requests with one key that are answered 503 before one succeeds. */
  readonly unavailable?: number;
  /** The first request with a key is lost: no effect, no answer. */
  readonly requestLost?: true;
  /** The first request with a key takes effect, but its answer is lost. */
  readonly answerLost?: true;
  /** The first request with a key takes effect, but its answer is 200 with half of a JSON text. */
  readonly answerGarbled?: true;
}

const unavailable: Answer = refusal(503, {
  type: 'api_error',
  code: 'unavailable',
  message: 'The service is temporarily unavailable. Try again.',
});

/** The fault that prevents a decision about a call; `tries` counts the earlier requests with its key. */
export function troubleBefore(trouble: CallTrouble, tries: number): Decision | undefined {
  if (trouble.requestLost && tries === 0) return { kind: 'unsettled', answer: unavailable, fault: 'lost' };
  if (tries < (trouble.unavailable ?? 0)) return { kind: 'unsettled', answer: unavailable };
  return undefined;
}

export function faultOfAnswer(trouble: CallTrouble): 'lost' | 'garbled' | undefined {
  if (trouble.answerLost) return 'lost';
  return trouble.answerGarbled ? 'garbled' : undefined;
}
