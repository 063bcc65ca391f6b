import type { Fact } from './facts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A provider's decision about a call that asks for an effect. */
export type Decision =
  /** The effect was made, or refused for good: a repeat with the same key gets this answer again. */
  | {
      readonly kind: 'settled';
      readonly answer: Answer;
      readonly facts: readonly Fact[];
      /** The payment or shipment that the call made or named. */
      readonly subject?: string;
      /** What happens to this first answer on its way; repeats get the whole answer. */
      readonly fault?: 'lost' | 'garbled' | undefined;
    }
  /** Nothing happened: a repeat with the same key is decided afresh. */
  | { readonly kind: 'unsettled'; readonly answer: Answer; readonly fault?: 'lost' | undefined };

/** The body of every refusal, at both providers; `details` are further members of `error`. */
export function refusal(
  status: number,
  error: { type: string; code: string; message: string },
  details: Record<string, unknown> = {},
): Answer {
  return { status, body: { error: { ...error, ...details } } };
}

export const internalError = refusal(500, {
  type: 'api_error',
  code: 'internal_error',
  message: 'Something went wrong on our side.',
});
