import { randomUUID } from 'node:crypto';
import type { OutgoingEvent } from '../../../src/contracts';
import { encodeEvent } from '../../../src/contracts';
import { pinged, pingedV1, ponged } from './domain';

const SOURCE = '/test/ping';
const TIME = '2026-01-01T00:00:00Z';

/** A correlation key that no other test uses. */
export function newKey(): string {
  return `p-${randomUUID()}`;
}

export function pingEvent(pingId: string, { id = randomUUID(), note = 'a note' } = {}): OutgoingEvent {
  return encodeEvent(
    { contract: pinged, id, time: TIME, data: { pingId, note, urgency: 1 } },
    { source: SOURCE },
  );
}

export function pingV1Event(pingId: string): OutgoingEvent {
  return encodeEvent(
    { contract: pingedV1, id: randomUUID(), time: TIME, data: { pingId } },
    { source: SOURCE },
  );
}

export function pongEvent(pingId: string, { id = randomUUID(), note = 'a note' } = {}): OutgoingEvent {
  return encodeEvent({ contract: ponged, id, time: TIME, data: { pingId, note } }, { source: SOURCE });
}
