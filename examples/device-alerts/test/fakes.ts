import type { DeadLetterStore, Occurrences } from 'sagaline/activities';
import { deadLetterStoreActivities, occurrenceActivities, settingsActivity } from 'sagaline/activities';
import { identityOf } from 'sagaline';
import {
  createFakeDeadLetters,
  createFakeEffects,
  createFakeOccurrences,
  createScript,
} from 'sagaline/testing';
import type { Alerts } from '../activities/alerts';
import { createAlertActivities } from '../activities/alerts';
import type { Oncall } from '../activities/oncall';
import { createOncallActivities } from '../activities/oncall';
import type { Telemetry } from '../activities/telemetry';
import { createTelemetryActivities } from '../activities/telemetry';
import { TASK_QUEUES } from '../domain/names';
import type { DeviceSettings } from '../domain/settings';
import { deviceSettings } from '../domain/settings';

type DeviceStep = keyof Alerts | keyof Oncall | keyof Telemetry | keyof DeadLetterStore | keyof Occurrences;

interface Aggregate {
  readonly readings: number;
  readonly highest: number;
}

const SETTINGS = deviceSettings.parse({ ALERT_COMPENSATION_WITHIN_MS: 30_000 });

/** The fixture of the devices, in memory: the records, and the messages that were sent. */
export function createFakeDevices() {
  const script = createScript<DeviceStep>();
  const effects = createFakeEffects(script);
  const deadLetters = createFakeDeadLetters(script);
  const occurrences = createFakeOccurrences(script);
  const alerts = new Map<string, { state: string; reason?: string }>();
  const tickets = new Map<string, 'open' | 'solved' | 'closed'>();
  const told: number[] = [];
  const counted = new Set<string>();
  const aggregates = new Map<string, Aggregate>();

  const book: Alerts = {
    openAlert: (input) =>
      effects.doOnce('openAlert', input.key, input, () => {
        alerts.set(input.deviceId, { state: 'raised' });
      }),
    acknowledgeAlert: (input) =>
      effects.doOnce('acknowledgeAlert', input.key, input, () => {
        // As in the table: an alert that has ended does not change.
        if (alerts.get(input.deviceId)?.state === 'raised')
          alerts.set(input.deviceId, { state: 'acknowledged' });
      }),
    closeAlert: (input) =>
      effects.doOnce('closeAlert', input.key, input, () => {
        alerts.set(input.deviceId, { state: input.outcome, reason: input.reason });
      }),
  };
  const oncall: Oncall = {
    openTicket: (input) =>
      effects.doOnce('openTicket', input.key, input, () => {
        tickets.set(input.deviceId, 'open');
        return `T-${input.deviceId}`;
      }),
    closeTicket: (input) =>
      effects.compensateOnce(
        'closeTicket',
        input.undoes.key,
        input,
        () => void tickets.set(input.undoes.deviceId, 'closed'),
      ),
    solveTicket: (input) =>
      effects.doOnce('solveTicket', input.key, input, () => void tickets.set(input.deviceId, 'solved')),
    notifyOncall: (input) =>
      effects.doOnce('notifyOncall', input.key, input, () => void told.push(input.level)),
  };
  const telemetry: Telemetry = {
    addReadings: (input) =>
      script.play('addReadings', input, () => {
        script.refuseIfTold('addReadings');
        for (const reading of input.readings.filter((each) => !counted.has(identityOf(each)))) {
          counted.add(identityOf(reading));
          const { readings, highest } = aggregates.get(input.deviceId) ?? { readings: 0, highest: -Infinity };
          aggregates.set(input.deviceId, {
            readings: readings + 1,
            highest: Math.max(highest, reading.temperature),
          });
        }
        script.tookEffect('addReadings', input.key);
      }),
  };
  return { script, book, oncall, telemetry, deadLetters, occurrences, alerts, tickets, told, aggregates };
}

export type FakeDevices = ReturnType<typeof createFakeDevices>;

/**
 * The activities of the devices' pools, on fakes, by task queue.
 *
 * @param options.placed whether the capability `oncall` is placed with the pool of the workflows; its own pool then does not run
 */
export function deviceActivities(
  fixture: FakeDevices,
  {
    settings = SETTINGS,
    placed = false,
  }: { readonly settings?: DeviceSettings; readonly placed?: boolean } = {},
) {
  const oncall = createOncallActivities(fixture.oncall);
  return {
    [TASK_QUEUES.devices]: {
      ...createAlertActivities(fixture.book),
      ...settingsActivity(settings),
      ...createTelemetryActivities(fixture.telemetry),
      ...deadLetterStoreActivities(fixture.deadLetters),
      ...occurrenceActivities(fixture.occurrences),
      ...(placed ? oncall : {}),
    },
    ...(placed ? {} : { [TASK_QUEUES.oncall]: oncall }),
  };
}
