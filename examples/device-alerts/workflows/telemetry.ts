import { setWorkflowOptions } from '@temporalio/workflow';
import { batcher, FLUSH_ATTEMPTS, stepsOf, versioned } from 'sagaline/workflow';
import type { TelemetryActivities } from '../activities/telemetry';
import { TASK_QUEUES } from '../domain/names';
import type { Reading } from './event-shapes';
import { READING_SHAPES } from './event-shapes';

const devices = stepsOf<TelemetryActivities>({ ...FLUSH_ATTEMPTS, taskQueue: TASK_QUEUES.devices });

/** Adds up the readings of one device, a batch at a time. */
export const telemetry = batcher<Reading>(
  ({ key, flush, events }) =>
    devices.addReadings(`Add ${events.length} readings of ${key}`, {
      key: flush,
      deviceId: key,
      readings: events.map(({ source, id, data: { temperature, at } }) => ({ source, id, temperature, at })),
    }),
  { shapes: READING_SHAPES },
);

setWorkflowOptions(versioned('AUTO_UPGRADE'), telemetry);
