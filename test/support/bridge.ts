import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import type { Consumption } from '../../src/adapters/nats';
import {
  connectNats,
  consumeEvents,
  createDeadLetters,
  createPoisonMarks,
  DEAD_LETTER_HEADERS,
  startUnparking,
  withOverflow,
} from '../../src/adapters/nats';
import { DEAD_LETTERS_STREAM } from '../../src/adapters/nats';
import { createPlainClient, createSingleAttemptClient, createWorkflows } from '../../src/adapters/temporal';
import type { BridgeMetrics, BridgeParts, EventOutcome, Workflows } from '../../src/bridge';
import type { Delivery } from '../../src/delivery';
import { createBridge } from '../../src/bridge';
import type { CheckSignature, Domain } from '../../src/contracts';
import { createCatalogue } from '../../src/contracts';
import { rememberingLog } from './log';
import { pingDomain } from './ping/domain';
import { prepared } from './setup/handover';
import { until } from './until';

/** One bridge process, made as in its composition root, with its counts. */
export interface TestBridge {
  readonly connection: NatsConnection;
  readonly consumption: Consumption;
  readonly log: ReturnType<typeof rememberingLog>;
  /** In the order in which the events were settled. */
  readonly settled: { outcome: EventOutcome; reason: string | undefined }[];
  readonly held: Parameters<BridgeMetrics['held']>[0][];
  /** Stops it as in a rolling deployment. */
  stop(): Promise<void>;
}

export async function startTestBridge(options: {
  url: string;
  /** The name of the group of bridges that share the work. */
  name: string;
  domain?: Domain;
  temporalAddress?: string;
  /** Replaces Temporal. */
  workflows?: Workflows;
  checkSignature?: CheckSignature;
  pausedRoutes?: BridgeParts['pausedRoutes'];
  /** For faults between the server and the bridge. */
  delivered?: (delivery: Delivery) => Delivery;
}): Promise<TestBridge> {
  const { url, name, domain = pingDomain, delivered = (delivery: Delivery) => delivery } = options;
  const log = rememberingLog();
  const connection = await connectNats({ url, name, log });
  const address = options.temporalAddress ?? prepared('servers').temporalAddress;
  const temporal = createPlainClient({ address, namespace: 'default' });
  const settled: TestBridge['settled'] = [];
  const held: TestBridge['held'] = [];
  const deadLetters = createDeadLetters(connection.jetstream(), () => new Date());
  const unparking = startUnparking(connection, deadLetters, log);
  const bridge = createBridge({
    hash: (text) => text,
    clock: () => new Date(),
    catalogue: createCatalogue([domain]),
    checkSignature: options.checkSignature,
    ...(options.pausedRoutes && { pausedRoutes: options.pausedRoutes }),
    workflows: options.workflows ?? createWorkflows(temporal),
    deadLetters: withOverflow(connection, deadLetters, { log }),
    poisonMarks: createPoisonMarks(connection.jetstream(), { replicas: 1 }),
    metrics: {
      settled: (outcome, reason) => settled.push({ outcome, reason }),
      held: (cause) => held.push(cause),
      concurrency: () => undefined,
      misconfigured: () => undefined,
      unknownFields: () => undefined,
    },
    log,
    now: () => performance.now(),
    random: Math.random,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  });
  const consumption = await consumeEvents(connection, {
    name,
    ahead: true,
    handle: (delivery, stopping) => bridge.handle(delivered(delivery), stopping),
    log,
  });
  const stop = async () => {
    await consumption.stop();
    await unparking.stop();
    await connection.close();
    await temporal.connection.close();
  };
  return { connection, consumption, log, settled, held, stop };
}

export function testTemporal(): Client {
  return createSingleAttemptClient({ address: prepared('servers').temporalAddress, namespace: 'default' });
}

/** A dead letter as its stream contains it. */
export interface DeadLetteredEvent {
  readonly subject: string;
  readonly reason: string;
  readonly path: string;
  readonly route: string;
  readonly detail: string;
  readonly attempts: number;
  readonly body: Uint8Array;
}

export async function deadLettersIn(connection: NatsConnection): Promise<DeadLetteredEvent[]> {
  const manager = await connection.jetstreamManager();
  const { state } = await manager.streams.info(DEAD_LETTERS_STREAM);
  const deadLetters: DeadLetteredEvent[] = [];
  for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
    const { subject, header, data } = await manager.streams.getMessage(DEAD_LETTERS_STREAM, { seq });
    const text = (name: keyof typeof DEAD_LETTER_HEADERS) => header.get(DEAD_LETTER_HEADERS[name]);
    deadLetters.push({
      subject,
      reason: text('reason'),
      path: text('path'),
      route: text('route'),
      detail: decodeURIComponent(text('detail')),
      attempts: Number(text('attempts')),
      body: data,
    });
  }
  return deadLetters;
}

/** Waits for the dead letter of the event with this correlation key. */
export function deadLetterFor(connection: NatsConnection, key: string): Promise<DeadLetteredEvent> {
  return until(`a dead letter for ${key}`, async () =>
    (await deadLettersIn(connection)).find(({ subject }) => subject.endsWith(`.${key}`)),
  );
}
