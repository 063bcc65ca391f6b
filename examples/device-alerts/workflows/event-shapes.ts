import type { EventOf } from 'sagaline';
import type { EventShapes, Shape } from 'sagaline/workflow';
import type { alertAcknowledged, alertRaised, alertResolved, readingReported } from '../domain/events';
import { EVENTS } from '../domain/names';

export type Reading = EventOf<typeof readingReported>;
export type Opening = EventOf<typeof alertRaised> | Reading;
export type Answer = EventOf<typeof alertAcknowledged> | EventOf<typeof alertResolved>;
export type AlertEvent = Opening | Answer;

const reading: Shape<Reading['data']> = { deviceId: 'key', temperature: 'number', at: 'time' };
const answer = { deviceId: 'key', by: 'line', at: 'time' } as const;

export const READING_SHAPES: EventShapes<Reading> = { [EVENTS.readingReported]: reading };

/** The data of the events that reach an alert. */
export const ALERT_SHAPES: EventShapes<AlertEvent> = {
  [EVENTS.readingReported]: reading,
  [EVENTS.alertRaised]: { deviceId: 'key', alertId: 'line', temperature: 'number', at: 'time' },
  [EVENTS.alertAcknowledged]: answer,
  [EVENTS.alertResolved]: answer,
};
