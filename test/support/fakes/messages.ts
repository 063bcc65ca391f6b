import type { IncomingMessage } from '../../../src/contracts';
import { PINGED_V2 } from '../ping/names';

/** Messages as they are transported, valid unless a test changes them. */

/** A ping as a structured CloudEvent; `undefined` leaves an attribute out. */
export function envelope(attributes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: 'event-1',
    source: '/tests',
    type: PINGED_V2,
    data: { pingId: 'p-1', urgency: 3 },
    ...attributes,
  };
}

export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

export function structured(
  attributes: Readonly<Record<string, unknown>> = {},
  contentType = 'application/cloudevents+json',
): IncomingMessage {
  return { headers: { 'content-type': contentType }, body: bytesOf(envelope(attributes)) };
}

/** A ping in binary mode: attributes are headers, the body is the data. */
export function binary(
  headers: Readonly<Record<string, string>> = {},
  data: unknown = { pingId: 'p-1', urgency: 3 },
): IncomingMessage {
  return {
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'event-1',
      'ce-source': '/tests',
      'ce-type': PINGED_V2,
      ...headers,
    },
    body: bytesOf(data),
  };
}
