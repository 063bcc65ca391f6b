/** Readings of devices, for the batch subscription at full length. */
import { z } from 'zod';
import { defineDomain, defineEvent, defineSubscription, external, timestamp } from '../../../src/contracts';

export const readingTaken = defineEvent({
  type: 'com.example.devices.reading-taken.v1',
  entity: 'device',
  summary: 'A device has measured something.',
  origin: external('the devices'),
  schema: z.strictObject({
    deviceId: z.string().min(1).max(64),
    number: z.int().min(0).max(1e12),
    celsius: z.number().min(-100).max(1_000),
    takenAt: timestamp,
  }),
  key: ({ deviceId }) => deviceId,
  example: { deviceId: 'dev-1', number: 1, celsius: 21.5, takenAt: '2026-01-15T10:30:00Z' },
});

export const readings = defineSubscription({
  name: 'readings',
  mode: 'shared',
  batch: { size: 500, withinMs: 250 },
  events: [readingTaken],
});

export const devices = defineDomain({
  name: 'devices',
  events: [readingTaken],
  workflows: [],
  routes: [],
  webhooks: [],
  subscriptions: [readings],
});
