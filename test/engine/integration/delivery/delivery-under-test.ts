import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { z } from 'zod';
import type { DomainEvent, OutgoingEvent } from '../../../../src/contracts';
import { identityOf } from '../../../../src/contracts';
import {
  activity,
  applyEachOnce,
  createDeadLetterActivities,
  createOccurrenceActivities,
  doOnce,
} from '../../../../src/effects';
import type { TestBridge } from '../../../support/bridge';
import { deadLettersIn, startTestBridge, testTemporal } from '../../../support/bridge';
import type { TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import { createTestDatabase } from '../../../support/database';
import { startTestNats } from '../../../support/nats';
import { quietRuntime } from '../../../../src/testing';
import { newKey } from '../../../support/ping/events';
import { probeDomain } from '../../../support/ping/probe';
import type { ProbeActivities } from '../../../support/ping/probe-workflows';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

/** An event whose acknowledgement is lost comes again after some seconds. */
const SETTLED_WITHIN_MS = 30_000;

type Outcome = TestBridge['settled'][number];

/** A bridge with workers and the effects table behind it, and what has become of each event. */
export interface DeliveryUnderTest {
  readonly temporal: Client;
  /** Publishes, each time as a message of its own, waits until it is settled, and says how. */
  deliver(event: OutgoingEvent): Promise<Outcome>;
  /** The next message is handled, and its acknowledgement does not arrive: the stream delivers it again. */
  loseAcknowledgement(): void;
  /** How often the stream has delivered what was published to the subject of this event. */
  deliveries(event: OutgoingEvent): number;
  /** How often a workflow has handed this event to its step or flush. */
  handed(event: OutgoingEvent): number;
  /** How often that had an effect. */
  applied(event: OutgoingEvent): number;
  /** Resolves when the workflow has handed this event on so often. */
  untilHanded(event: OutgoingEvent, times?: number): Promise<void>;
  /** Until it is called back, steps of processes do not get on. */
  holdSteps(): () => void;
  /** The command line, on the same servers. */
  readonly cli: TestCli;
  /** Reasons and routes of the dead letters of this key. */
  deadLetters(key: string): Promise<{ reason: string; route: string }[]>;
  stop(): Promise<void>;
}

export async function startDelivery(name: string): Promise<DeliveryUnderTest> {
  // A workflow that fails, is reset or deleted because its test wants so changes nothing.
  quietRuntime();
  const temporal = testTemporal();
  const taskQueue = newKey();
  const [nats, database] = await Promise.all([startTestNats(), createTestDatabase()]);
  let held: Promise<void> = Promise.resolve();
  const handed: string[] = [];
  const applied: string[] = [];
  const stopWorker = await startWorker(taskQueue, {
    take: activity(z.custom<DomainEvent>(), async (event) => {
      await held;
      await doOnce(database.database, `${event.key}:take:${event.id}`, () => {
        applied.push(identityOf(event));
        return Promise.resolve();
      });
      handed.push(identityOf(event));
    }),
    takeIn: activity(z.custom<{ key: string; event: DomainEvent }>(), async ({ key, event }) => {
      await held;
      await doOnce(database.database, key, () => {
        applied.push(identityOf(event));
        return Promise.resolve();
      });
      handed.push(identityOf(event));
    }),
    ...createOccurrenceActivities(database.database),
    ...createDeadLetterActivities(database.database),
    flush: activity(z.custom<readonly DomainEvent[]>(), async (events) => {
      await applyEachOnce(database.database, 'probe', events, (_, fresh) => {
        applied.push(...fresh.map(identityOf));
        return Promise.resolve();
      });
      handed.push(...events.map(identityOf));
    }),
  });
  const delivered: string[] = [];
  let losesAcknowledgement = false;
  const bridge = await startTestBridge({
    url: nats.url,
    name,
    domain: probeDomain(taskQueue),
    delivered: (delivery) => {
      delivered.push(delivery.subject);
      if (!losesAcknowledgement) return delivery;
      losesAcknowledgement = false;
      const settle = () => {
        throw new Error('lost by the test');
      };
      return { ...delivery, settle };
    },
  });
  const jetstream = nats.connection.jetstream();
  const count = (list: readonly string[], event: OutgoingEvent) =>
    list.filter((identity) => identity === identityOf(event)).length;

  return {
    temporal,
    deliver: async ({ subject, body }) => {
      const before = bridge.settled.length;
      await jetstream.publish(subject, body, { msgID: randomUUID() });
      return until('the event is settled', () => bridge.settled[before], SETTLED_WITHIN_MS);
    },
    loseAcknowledgement: () => (losesAcknowledgement = true),
    deliveries: ({ subject }) => delivered.filter((each) => each === subject).length,
    handed: (event) => count(handed, event),
    applied: (event) => count(applied, event),
    untilHanded: async (event, times = 1) => {
      await until(`${event.id} is handed on`, () => count(handed, event) >= times);
    },
    holdSteps: () => {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    cli: testCli({ ...serverSettings(nats.url), DATABASE_URL: database.url, BRIDGE_NAME: name }, [
      probeDomain(taskQueue),
    ]),
    deadLetters: async (key) =>
      (await deadLettersIn(nats.connection))
        .filter(({ subject }) => subject.endsWith(`.${key}`))
        .map(({ reason, route }) => ({ reason, route })),
    stop: async () => {
      await bridge.stop();
      await stopWorker();
      await Promise.all([nats.stop(), database.end(), temporal.connection.close()]);
    },
  };
}

async function startWorker(
  taskQueue: string,
  activities: ProbeActivities & object,
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: prepared('servers').temporalAddress });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { code: await readFile(prepared('bundles').ping, 'utf8') },
    activities,
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}
