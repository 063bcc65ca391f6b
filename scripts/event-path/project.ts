import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { connect } from 'nats';
import { EVENTS_STREAM } from '../../src/adapters/nats';
import { createRegistry } from '../../src/adapters/prometheus';
import type { Log } from '../../src/contracts';
import { createCatalogue } from '../../src/contracts';
import { freePorts } from '../../src/dev/stack';
import { appConfig, settingsIn } from '../../src/runtime/config';
import { loadApp } from '../../src/runtime/load';
import type { RunningRole } from '../../src/runtime/role';
import { providersOf, rolesOf } from '../../src/runtime/roles';
import { bundling } from '../../src/runtime/workflows/bundle';
import { startTestServers } from '../../src/testing';
import { ANSWERED, ASKED, QUEUE } from './names';

const ROLES = [`worker:${QUEUE}`, 'relay', 'bridge', 'gateway'];
const STREAM_BYTES = String(64 * 1024 * 1024);
const LOOK_MS = 20;
/**
 * After an event has been published, the relay marks its row and the worker's thread prints what it has entered; both take a
 * moment.
 */
const TRAILING_MS = 400;
const WITHIN_MS = 60_000;

const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
};

/** Runs all roles of the project beside this file in this process, on servers of their own. */
export async function runProject() {
  traceWorkflows();
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const app = loadApp(__dirname);
  const servers = await startTestServers({ app });
  const [port = 0] = await freePorts(1);
  const given = {
    NATS_URL: servers.natsUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    DATABASE_URL: servers.databaseUrl,
    GATEWAY_PORT: String(port),
    STREAM_MAX_BYTES: STREAM_BYTES,
    WORKER_VERSIONING: 'off',
  };
  const running: RunningRole[] = [];
  for (const name of ROLES) {
    const config = appConfig(app, providersOf(app, name), given);
    const catalogue = createCatalogue(app.domains, settingsIn(config));
    const role = rolesOf(app)[name];
    if (!role) throw new Error(`there is no role ${name}`);
    const started = await role({ app, config, catalogue, registry: createRegistry(name), log: silent });
    started.failed?.catch(() => undefined);
    running.push(started);
  }
  // The client itself, which is not traced.
  const nats = await connect({ servers: servers.natsUrl });
  const manager = await nats.jetstreamManager();

  async function publish(questionId: string): Promise<void> {
    const event = {
      specversion: '1.0',
      id: randomUUID(),
      source: '/event-path',
      type: ASKED,
      data: { questionId },
    };
    const answer = await fetch(`http://127.0.0.1:${port}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  }

  /** @returns the position of the next answer in the stream */
  async function answerBehind(questionId: string, sequence: number): Promise<number> {
    const [, , ...fact] = ANSWERED.split('.');
    const subject = `p.*.*.${fact.join('.')}.${questionId}`;
    const deadline = performance.now() + WITHIN_MS;
    while (performance.now() < deadline) {
      const message = await manager.streams
        .getMessage(EVENTS_STREAM, { last_by_subj: subject })
        .catch(() => undefined);
      if (message && message.seq > sequence) return message.seq;
      await sleep(LOOK_MS);
    }
    throw new Error(`${questionId} was not answered`);
  }

  return {
    /**
     * Opens the workflow of a key. @returns a function that sends a second event, and resolves when the answer is in the stream
     */
    open: async (questionId: string): Promise<() => Promise<void>> => {
      await publish(questionId);
      const first = await answerBehind(questionId, 0);
      await sleep(TRAILING_MS);
      return async () => {
        await publish(questionId);
        await answerBehind(questionId, first);
        await sleep(TRAILING_MS);
      };
    },
    stop: async () => {
      await nats.close();
      for (const role of running.reverse()) await role.stop();
      await servers.stop();
    },
  };
}

function traceWorkflows(): void {
  const { webpackConfigHook } = bundling;
  bundling.webpackConfigHook = (given) => {
    const config = webpackConfigHook?.(given) ?? given;
    const rule = { test: /\.ts$/, enforce: 'post' as const, loader: path.join(__dirname, 'instrument.cjs') };
    return { ...config, module: { ...config.module, rules: [...(config.module?.rules ?? []), rule] } };
  };
}
