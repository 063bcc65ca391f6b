import type { ProcessDriver } from 'sagaline/testing';
import { alertAcknowledged, alertRaised, alertResolved } from '../../domain/events';

const { at } = alertRaised.example;

/** Paths of an alert to its end. */
const ways: Readonly<Record<string, (device: ProcessDriver) => Promise<void>>> = {
  resolved: async (device) => {
    const { key: deviceId } = device;
    await device.send(alertRaised, { ...alertRaised.example, deviceId }, 'raised');
    await device.send(alertAcknowledged, { deviceId, by: 'ada', at }, 'acknowledged');
    await device.send(alertResolved, { deviceId, by: 'ada', at }, 'resolved');
  },
  /** No level answers: the ticket is closed again. */
  givenUp: async (device) => {
    const { key: deviceId } = device;
    await device.send(alertRaised, { ...alertRaised.example, deviceId }, 'raised');
  },
};

/** Each path, with the on-call on its own task queue, and placed with the pool of the workflows; by the name of the history. */
export const scenarios = Object.fromEntries(
  Object.entries(ways).flatMap(([name, play]) => [
    [name, { play, placed: false }],
    [`${name}-placed`, { play, placed: true }],
  ]),
);
