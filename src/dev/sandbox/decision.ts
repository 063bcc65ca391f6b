import type { Fact } from './facts';
import type { CallTrouble } from './magic';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a provider decides about a call that asks it to do something. */
export type Decision =
  /** It did it, or refused for good: a repeat with the same key gets this answer again. */
  | {
      readonly kind: 'settled';
      readonly answer: Answer;
      readonly facts: readonly Fact[];
      /** The payment or shipment that came to be or was meant. */
      readonly subject?: string;
      /** What becomes of this first answer on its way; repeats get it whole. */
      readonly fate?: 'lost' | 'garbled' | undefined;
    }
  /** Nothing happened: a repeat with the same key is decided afresh. */
  | { readonly kind: 'unsettled'; readonly answer: Answer; readonly fate?: 'lost' | undefined };

/** The body of every refusal, at both providers; `details` are further members of `error`. */
export function refusal(
  status: number,
  error: { type: string; code: string; message: string },
  details: Record<string, unknown> = {},
): Answer {
  return { status, body: { error: { ...error, ...details } } };
}

/** The trouble that keeps a call from being decided at all; `tries` counts the earlier requests with its key. */
export function troubleBefore(trouble: CallTrouble, tries: number): Decision | undefined {
  if (trouble.requestLost && tries === 0) return { kind: 'unsettled', answer: unavailable, fate: 'lost' };
  if (tries < (trouble.unavailable ?? 0)) return { kind: 'unsettled', answer: unavailable };
  return undefined;
}

export function fateOfAnswer(trouble: CallTrouble): 'lost' | 'garbled' | undefined {
  if (trouble.answerLost) return 'lost';
  return trouble.answerGarbled ? 'garbled' : undefined;
}

export const unavailable = refusal(503, {
  type: 'api_error',
  code: 'unavailable',
  message: 'The service is temporarily unavailable. Try again.',
});

export const internalError = refusal(500, {
  type: 'api_error',
  code: 'internal_error',
  message: 'Something went wrong on our side.',
});
