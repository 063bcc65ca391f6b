/**
 * Why an event cannot be applied: a closed list, shared by dead letters and by the gateway's problem details.
 * `status` is the HTTP status with which the gateway refuses such an event.
 */
export const REASONS = {
  'too-large': { status: 413, meaning: 'the event is larger than an event may be' },
  'not-json': { status: 400, meaning: 'the body is not JSON in UTF-8' },
  'too-deep': { status: 400, meaning: 'the JSON is nested deeper than any event needs' },
  'forbidden-key': { status: 400, meaning: 'an object has a key that could reach a prototype' },
  'forbidden-text': { status: 400, meaning: 'a text contains a character that no database can store' },
  'unsupported-content-type': { status: 415, meaning: 'the content type is not one that Sagaline reads' },
  'invalid-envelope': { status: 400, meaning: 'the attributes are not those of a CloudEvent 1.0' },
  'unknown-type': { status: 422, meaning: 'no domain has an event of this type' },
  'unknown-version': { status: 422, meaning: 'the event is known, but not in this major version' },
  'invalid-data': { status: 422, meaning: 'the data does not fit the contract of its type' },
  'subject-mismatch': { status: 422, meaning: 'the subject or correlation id disagrees with the body' },
  'forbidden-origin': { status: 403, meaning: 'the source of the event may not publish events of its type' },
  'invalid-signature': { status: 401, meaning: 'the event has no signature that counts' },
  'forbidden-signer': { status: 403, meaning: 'the key of the signature is not for events of this source' },
  conflict: { status: 409, meaning: 'another event has this source and id' },
  expired: { status: 422, meaning: 'the expirytime of the event has passed' },
  'unknown-route': { status: 422, meaning: 'the event asks for a route that does not take it' },
  unmatched: { status: 422, meaning: 'the event needs a workflow that never existed' },
  late: { status: 422, meaning: 'the workflow that the event needs has closed' },
  unrelated: { status: 422, meaning: 'the event is about an object that its workflow does not have' },
  unconfirmed: {
    status: 422,
    meaning: 'the provider does not confirm what the event says, so it changes nothing',
  },
  'rejected-by-temporal': {
    status: 422,
    meaning: 'Temporal refused the request for a cause unknown to the bridge',
  },
  'failed-in-temporal': {
    status: 422,
    meaning: 'Temporal fails on this workflow again and again, with an error of its own',
  },
  vetoed: { status: 422, meaning: 'the dispatch hook of the deployment refuses the event' },
  'failed-in-hook': { status: 422, meaning: 'the dispatch hook of the deployment fails on the event' },
  'too-many-waiting': { status: 429, meaning: 'too many processes wait for the event that begins them' },
  'signal-limit': { status: 422, meaning: 'the workflow has received as many events as Temporal allows' },
  'refused-by-subscription': { status: 422, meaning: 'a subscription refuses the event for good' },
  'failed-in-subscription': {
    status: 422,
    meaning: 'the handler of a subscription fails on this event',
  },
  poison: {
    status: 422,
    meaning: 'the bridge process ended at each delivery, also with no other event in flight',
  },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type Reason = keyof typeof REASONS;

/** Why a workflow dead-letters an event that it has received. */
export const WORKFLOW_REASONS = [
  'unmatched',
  'late',
  'expired',
  'conflict',
  'unrelated',
  'unconfirmed',
] as const satisfies readonly Reason[];

/** Why an event cannot be applied: what is wrong, and where. */
export interface Rejection {
  readonly reason: Reason;
  /** What is wrong, in words for a person. */
  readonly detail: string;
  /** Where in the event: `data.lines[0].quantity`, `id`; absent if it is the event as a whole. */
  readonly path?: string | undefined;
}
