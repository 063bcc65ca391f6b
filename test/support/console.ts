import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { createPublisher, createStreamReader, EVENTS_STREAM } from '../../src/adapters/nats';
import type { WorkerPool } from '../../src/adapters/temporal';
import { forecastOf } from '../../src/adapters/temporal';
import { createConsole, loadAssets } from '../../src/console';
import type { Domain, WorkflowDefinition } from '../../src/contracts';
import { createCatalogue } from '../../src/contracts';
import type { OperatorContext } from '../../src/operator';
import type { SystemSnapshot, ThroughputSample } from '../../src/observability';
import { inClear } from '../../src/security/personal';
import type { Authentication, Scope } from '../../src/security/tokens';
import type { TestDatabase } from './database';
import { deadLetterTools } from './dead-letters';
import { silentLog } from './log';
import { unknownSystem } from './system';
import type { TestNats } from './nats';

export interface ConsoleServers {
  readonly nats: TestNats;
  readonly temporal: Client;
  readonly db: TestDatabase;
  /** Default: of a system of which nothing is known yet. */
  readonly system?: () => SystemSnapshot;
  readonly throughput?: () => readonly ThroughputSample[];
  readonly pools?: readonly WorkerPool[];
}

/** Tokens are the names of people. */
export const PEOPLE: Readonly<Record<string, readonly Scope[]>> = {
  ada: ['operate'],
  bob: ['operate'],
  rita: ['read'],
  olga: ['approve'],
};

/** The console on a test's servers. */
export async function testConsole(
  { nats, temporal, db, system = unknownSystem, throughput = () => [], pools = [] }: ConsoleServers,
  {
    domains,
    processes,
    switchable = { pools: [], providers: [] },
    bulk,
  }: {
    readonly domains: readonly Domain[];
    readonly processes: readonly WorkflowDefinition[];
    readonly switchable?: ReturnType<OperatorContext['switchable']>;
    /** Limits of actions on many. Default: they begin at once, and one person is enough. */
    readonly bulk?: Partial<ReturnType<OperatorContext['config']>>;
  },
): Promise<FastifyInstance> {
  const catalogue = createCatalogue(domains);
  const tools = await deadLetterTools(nats.connection, {
    catalogue,
    forecast: (event, route) => forecastOf(temporal, event, route),
  });
  const events = await createStreamReader(nats.connection, EVENTS_STREAM);
  return createConsole({
    context: {
      catalogue,
      processes,
      config: () => ({
        TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
        TEMPORAL_NAMESPACE: temporal.options.namespace,
        BULK_GRACE_SECONDS: 0,
        ...bulk,
      }),
      temporal: () => Promise.resolve(temporal),
      database: () => db.database,
      events: () => Promise.resolve(events),
      deadLetters: () => Promise.resolve(tools),
      switchable: () => switchable,
      publisher: () => Promise.resolve(createPublisher(nats.connection.jetstream())),
      pools: () => pools,
      personal: () => inClear,
    },
    ...{ system, throughput },
    assets: await loadAssets(),
    authenticate: (token): Promise<Authentication> => {
      const scopes = PEOPLE[token];
      return Promise.resolve(
        scopes
          ? { kind: 'authenticated', principal: { name: token, scopes } }
          : { kind: 'refused', reason: 'unknown-key' },
      );
    },
    user: '',
    secureCookies: false,
    log: silentLog,
    clock: () => new Date(),
  });
}

const HOST = '127.0.0.1:8083';

/** A person who has signed in, without a browser. */
export async function personAt(app: FastifyInstance, token: string) {
  const post = (url: string, fields: Record<string, string>, cookie = '') =>
    app.inject({
      method: 'POST',
      url,
      headers: {
        host: HOST,
        origin: `http://${HOST}`,
        'content-type': 'application/x-www-form-urlencoded',
        cookie,
      },
      payload: new URLSearchParams(fields).toString(),
    });
  const cookie = String((await post('/login', { token })).headers['set-cookie']).split(';')[0] ?? '';
  const get = (url: string) => app.inject({ url, headers: { host: HOST, cookie } });
  const csrf = /name="csrf" value="([^"]+)"/.exec((await get('/audit')).body)?.[1] ?? '';
  return {
    get,
    send: (url: string, fields: Record<string, string>) => post(url, { ...fields, csrf }, cookie),
  };
}

/** The hidden fields of the form that makes a decision, as the page has them. */
export function decisionFields(page: string, decision: string): Record<string, string> {
  const form = page.split('<form').find((part) => part.includes(`name="decision" value="${decision}"`)) ?? '';
  const fields = [...form.matchAll(/name="(decision|runId|what|since)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}
