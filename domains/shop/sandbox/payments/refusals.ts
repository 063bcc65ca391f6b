import { refusal, type Answer, type Decision } from '../decision';
import type { AmountLimits } from './limits';
import type { Payment } from './payment';
import type { DeclineCode } from './tokens';

const DECLINE_MESSAGES: Record<DeclineCode, string> = {
  card_declined: 'The card was declined.',
  insufficient_funds: 'The card has insufficient funds.',
  expired_card: 'The card has expired.',
  authentication_failed: 'The customer could not be authenticated.',
};

const TOKEN_MESSAGES = {
  token_unknown: 'payment_method: there is no such token.',
  token_already_used: 'payment_method: this token is good for one payment, and has been used.',
  token_expired: 'payment_method: this token has expired.',
};

export function cardError(code: DeclineCode, payment: Payment): Answer {
  return refusal(402, { type: 'card_error', code, message: DECLINE_MESSAGES[code] }, { payment });
}

export function invalidState(verb: string, payment: Payment): Decision {
  const message = `A payment that is ${payment.status} cannot be ${verb}.`;
  const error = { type: 'invalid_state', code: `payment_${payment.status}`, message };
  return { kind: 'unsettled', answer: refusal(409, error, { payment }) };
}

export function tokenRefused(code: keyof typeof TOKEN_MESSAGES): Decision {
  return invalidRequest(code, TOKEN_MESSAGES[code], { param: 'payment_method' });
}

/** `undefined` for an amount within the limits. */
export function amountRefused(amount: number, { min, max }: AmountLimits): Decision | undefined {
  if (amount > max)
    return invalidRequest('amount_too_large', `amount: must not be more than ${max}`, { param: 'amount' });
  if (amount < min)
    return invalidRequest('amount_too_small', `amount: must not be less than ${min}`, { param: 'amount' });
  return undefined;
}

export function reauthorizationNotSupported(payment: Payment): Decision {
  const message = 'The authorization of this card cannot be renewed.';
  return invalidRequest('reauthorization_not_supported', message, { payment });
}

function invalidRequest(code: string, message: string, details: Record<string, unknown>): Decision {
  return { kind: 'unsettled', answer: refusal(400, { type: 'invalid_request', code, message }, details) };
}
