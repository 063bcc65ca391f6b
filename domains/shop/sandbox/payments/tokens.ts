import type { CallTrouble } from '../trouble';

export const DECLINE_CODES = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'authentication_failed',
] as const;
export type DeclineCode = (typeof DECLINE_CODES)[number];

/** The behaviour of a payment token, like that of test cards in a real provider's test mode; README.md describes them. */
export interface TokenBehaviour extends CallTrouble {
  readonly decline?: DeclineCode;
  readonly pending?: 'authorized' | 'declined' | 'forever';
  /** 3-D Secure: the customer has to act first. `forever` waits for the customer, until `actionMs` are over. */
  readonly action?: 'authorized' | 'declined' | 'forever';
  /** Valid for one payment. */
  readonly singleUse?: true;
  readonly expired?: true;
  /** The work takes `slowMs`; the effect comes at its end, whether the caller still waits or not. */
  readonly slow?: true;
  /** The call is answered 500, and so is every repeat with its key. */
  readonly errorKept?: 'without-effect' | 'after-effect';
  readonly captureDeclined?: true;
  readonly cancelFails?: true;
  /** The authorization ends after `shortAuthorizationMs` instead of `authorizationMs`. */
  readonly shortAuthorization?: true;
  readonly reauthorize?: 'unsupported' | 'declined';
  /** A dispute is opened `disputeMs` after the capture. */
  readonly disputed?: true;
  /** The webhooks are sent with `content-encoding: gzip`. */
  readonly gzipWebhooks?: true;
}

export const PAYMENT_TOKENS: Readonly<Record<string, TokenBehaviour>> = {
  tok_visa: {},
  tok_declined: { decline: 'card_declined' },
  tok_insufficient_funds: { decline: 'insufficient_funds' },
  tok_expired: { decline: 'expired_card' },
  tok_expired_token: { expired: true },
  tok_pending_then_authorized: { pending: 'authorized' },
  tok_pending_then_declined: { pending: 'declined' },
  tok_pending_forever: { pending: 'forever' },
  tok_three_d_secure: { action: 'forever' },
  tok_three_d_secure_then_authorized: { action: 'authorized' },
  tok_three_d_secure_then_declined: { action: 'declined' },
  tok_slow: { slow: true },
  tok_timeout_after_effect: { answerLost: true },
  tok_timeout_before_effect: { requestLost: true },
  tok_unavailable_twice: { unavailable: 2 },
  tok_malformed_answer: { answerGarbled: true },
  tok_error_kept: { errorKept: 'without-effect' },
  tok_error_kept_after_effect: { errorKept: 'after-effect' },
  tok_capture_declined: { captureDeclined: true },
  tok_cancel_fails: { cancelFails: true },
  tok_authorization_expires: { shortAuthorization: true },
  tok_authorization_expires_for_good: { shortAuthorization: true, reauthorize: 'unsupported' },
  tok_authorization_expires_then_declined: { shortAuthorization: true, reauthorize: 'declined' },
  tok_disputed: { disputed: true },
  tok_gzip_webhooks: { gzipWebhooks: true },
};

/** Any token with this prefix is valid for one payment. */
export const SINGLE_USE_PREFIX = 'tok_single_use_';

/** `undefined` for a token that the provider has not issued. */
export function tokenBehaviour(token: string): TokenBehaviour | undefined {
  if (token.startsWith(SINGLE_USE_PREFIX)) return { singleUse: true };
  return Object.hasOwn(PAYMENT_TOKENS, token) ? PAYMENT_TOKENS[token] : undefined;
}
