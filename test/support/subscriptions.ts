import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import {
  connectNats,
  createDeadLetters,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  onceInStream,
} from '../../src/adapters/nats';
import type { Database } from '../../src/adapters/postgres';
import type { CheckSignature, Domain } from '../../src/contracts';
import { createCatalogue } from '../../src/contracts';
import type { Subscribed } from '../../src/subscriptions';
import { runSubscription } from '../../src/subscriptions';
import type { Running } from '../../src/subscriptions/running';
import { rememberingLog } from './log';
import { pingDomain } from './ping/domain';

/** One member of a subscription's group, made as in its composition root, with its counts. */
export interface TestMember {
  readonly connection: NatsConnection;
  readonly running: Running;
  readonly log: ReturnType<typeof rememberingLog>;
  readonly settled: { readonly outcome: string; readonly reason: string | undefined }[];
  readonly held: string[];
  stop(): Promise<void>;
}

const unused = () => Promise.reject(new Error('a subscription without batches needs no database'));
const NO_DATABASE: Database = { query: unused, transaction: unused, end: unused };

export async function startMember(options: {
  url: string;
  member: string;
  subscribed: Subscribed;
  domain?: Domain;
  checkSignature?: CheckSignature;
  /** For a subscription with batches. */
  database?: Database;
  /** Whether each settlement is kept. Default: true. */
  counts?: boolean;
}): Promise<TestMember> {
  const { url, member, subscribed, domain = pingDomain } = options;
  const log = rememberingLog();
  const connection = await connectNats({ url, name: member, log });
  const settled: { outcome: string; reason: string | undefined }[] = [];
  const held: string[] = [];
  const deadLetters = await createStreamReader(connection, DEAD_LETTERS_STREAM);
  const running = await runSubscription(connection, {
    subscribed,
    database: options.database ?? NO_DATABASE,
    member,
    catalogue: createCatalogue([{ ...domain, subscriptions: [subscribed.subscription] }]),
    checkSignature: options.checkSignature,
    deadLetters: onceInStream(
      createDeadLetters(connection.jetstream(), () => new Date()),
      deadLetters,
    ),
    metrics: {
      settled: (outcome, reason) => {
        if (options.counts !== false) settled.push({ outcome, reason });
      },
      held: (cause) => void held.push(cause),
    },
    log,
    now: () => performance.now(),
    random: Math.random,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  });
  const stop = async () => {
    await running.stop();
    await connection.close();
  };
  return { connection, running, log, settled, held, stop };
}
