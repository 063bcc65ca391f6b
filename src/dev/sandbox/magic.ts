/**
 * The inputs that steer the sandbox, as test cards steer a real provider's test mode. Each is data, read by the
 * decisions in `payments.ts` and `shipments.ts`; README.md tells a person what they do.
 */
export const DECLINE_CODES = ['card_declined', 'insufficient_funds', 'expired_card'] as const;
export type DeclineCode = (typeof DECLINE_CODES)[number];

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

export interface TokenBehaviour extends CallTrouble {
  readonly decline?: DeclineCode;
  readonly pending?: 'authorized' | 'declined' | 'forever';
  /** The work takes `slowMs`; the effect comes at its end, whether or not the caller still waits. */
  readonly slow?: true;
  readonly captureDeclined?: true;
  readonly cancelFails?: true;
}

export const PAYMENT_TOKENS = {
  tok_visa: {},
  tok_declined: { decline: 'card_declined' },
  tok_insufficient_funds: { decline: 'insufficient_funds' },
  tok_expired: { decline: 'expired_card' },
  tok_pending_then_authorized: { pending: 'authorized' },
  tok_pending_then_declined: { pending: 'declined' },
  tok_pending_forever: { pending: 'forever' },
  tok_slow: { slow: true },
  tok_timeout_after_effect: { answerLost: true },
  tok_timeout_before_effect: { requestLost: true },
  tok_unavailable_twice: { unavailable: 2 },
  tok_capture_declined: { captureDeclined: true },
  tok_cancel_fails: { cancelFails: true },
  tok_malformed_answer: { answerGarbled: true },
} as const satisfies Record<string, TokenBehaviour>;

export type PaymentToken = keyof typeof PAYMENT_TOKENS;
export const paymentTokens = Object.keys(PAYMENT_TOKENS) as PaymentToken[];

export function tokenBehaviour(token: PaymentToken): TokenBehaviour {
  return PAYMENT_TOKENS[token];
}

export interface PostalCodeBehaviour extends CallTrouble {
  readonly refused?: true;
  /** The last state that the parcel reaches by itself; `delivered` when absent. */
  readonly ends?: 'booked' | 'dispatched' | 'lost';
  readonly cancelFails?: true;
  /** The news of the delivery comes first, then that of the dispatch, twice. */
  readonly outOfOrder?: true;
}

const POSTAL_CODES: Readonly<Record<string, PostalCodeBehaviour>> = {
  '00000': { refused: true },
  '00001': { ends: 'booked' },
  '00002': { ends: 'dispatched' },
  '00003': { ends: 'lost' },
  // Stays booked: after its dispatch a cancellation would be refused, and never be seen to fail.
  '00004': { cancelFails: true, ends: 'booked' },
  '00005': { unavailable: 2 },
  '00006': { answerLost: true },
  '00007': { outOfOrder: true },
};

export function postalCodeBehaviour(postalCode: string): PostalCodeBehaviour {
  return Object.hasOwn(POSTAL_CODES, postalCode) ? (POSTAL_CODES[postalCode] ?? {}) : {};
}

/** An article that the carrier takes to nobody, wherever the parcel goes. */
export function isTooBulky(sku: string): boolean {
  return sku.startsWith('BULKY-');
}
