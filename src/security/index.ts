/** How callers prove who they are. So far, this has the signatures of webhooks, for `verify` of `defineWebhook`. */
export { adyenSignature, bodyHmac } from './webhooks/body-hmac';
export type { BodyHmac } from './webhooks/body-hmac';
export { githubSignature, headerHmac } from './webhooks/header-hmac';
export type { HeaderHmac } from './webhooks/header-hmac';
export { standardWebhooks } from './webhooks/standard-webhooks';
export { stripeSignature } from './webhooks/stripe';
