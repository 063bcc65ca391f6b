import type { OutgoingEvent } from '../../../src/contracts';
import { encodeEvent } from '../../../src/contracts';
import { aside, closed, noted } from './domain';

const SOURCE = '/test/journal';
const TIME = '2026-01-01T00:00:00Z';

export function notedEvent(journalId: string, id: string, { fatal = false } = {}): OutgoingEvent {
  const data = { journalId, ...(fatal && { fatal }) };
  return encodeEvent({ contract: noted, id, time: TIME, data }, { source: SOURCE });
}

export function asideEvent(journalId: string, id: string): OutgoingEvent {
  return encodeEvent({ contract: aside, id, time: TIME, data: { journalId } }, { source: SOURCE });
}

export function closedEvent(journalId: string): OutgoingEvent {
  const id = `${journalId}.closed`;
  return encodeEvent({ contract: closed, id, time: TIME, data: { journalId } }, { source: SOURCE });
}
