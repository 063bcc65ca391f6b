import { z } from 'zod';
import { PARTITIONS } from '../contracts';
import { bulkSettings } from './bulk';
import { codecServerShape } from './codec-server';
import { consoleShape } from './console';
import { gatewayLimitSettings } from './gateway-limits';
import { days, httpUrl, port, portNumber, url } from './kinds';
import { natsShape } from './nats-shape';
import { operatorSettings } from './operators';
import { personalDataSettings } from './personal-data';
import { quotaSettings } from './quotas';
import { asSecret } from './secrets';
import { signatureSettings } from './signatures';
import { telemetrySettings } from './telemetry';
import { temporalShape } from './temporal';
import { workerVersionShape } from './worker-versions';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** `pretty` for people, `json` for machines. */
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),

  ...natsShape,
  /** `check`: others make the streams and consumers. They are compared with what is needed, and never changed. */
  PROVISION: z.enum(['create', 'check']).default('create'),
  ...signatureSettings,
  ...temporalShape,
  /**
   * A file with the keys that encrypt Temporal's payloads, one a line, `<id>:<32 bytes in base64>`; the first encrypts,
   * all decrypt. It is read again every few seconds. Without it payloads are in clear: docs/payload-encryption.md.
   */
  PAYLOAD_KEYS_FILE: z.string().min(1).optional(),
  /** `on` reads payloads in clear, too, while encryption is introduced; `require` refuses them. */
  PAYLOAD_ENCRYPTION: z.enum(['on', 'require']).default('on'),
  ...personalDataSettings,
  /** Address of the Temporal UI. */
  TEMPORAL_UI_URL: httpUrl.default('http://127.0.0.1:8233'),
  DATABASE_URL: asSecret(url(/^postgres(ql)?$/, 'postgresql://user:password@host:5432/database')),
  /**
   * Address of PostgreSQL itself, if `DATABASE_URL` is a PgBouncer in transaction mode: for the relay's lock and for
   * migrations. Default: `DATABASE_URL`.
   */
  DATABASE_DIRECT_URL: asSecret(
    url(/^postgres(ql)?$/, 'postgresql://user:password@host:5432/database'),
  ).optional(),
  /** Address with the owner of the tables, for `provision` alone. Default: `DATABASE_DIRECT_URL`. */
  DATABASE_OWNER_URL: asSecret(
    url(/^postgres(ql)?$/, 'postgresql://user:password@host:5432/database'),
  ).optional(),
  /** How the names of the login roles begin: docs/postgres-security.md. */
  DATABASE_ROLE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,19}$/, 'must be 1 to 20 lower-case letters, digits and "_"')
    .default('sagaline'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(500).default(10),

  ...workerVersionShape,
  /**
   * Whether workers record where each promise of a workflow was made, for the call stack in Temporal's UI and the query
   * `__stack_trace`. Default: `off` in production, otherwise `on`.
   */
  WORKFLOW_PROMISE_TRACES: z.enum(['on', 'off']).optional(),

  STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  STREAM_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(MIB)
    .default(4 * GIB),

  /** Size of the dead-letter stream. While it is full, further dead letters are parked: docs/operating.md. */
  DEAD_LETTERS_MAX_BYTES: z.coerce.number().int().min(MIB).default(GIB),
  /** Size of the stream that records what operators have done. */
  OPERATIONS_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(MIB)
    .default(256 * MIB),
  /** Dead letters that were redriven or discarded longer ago than this are removed. */
  DEAD_LETTERS_RETENTION_DAYS: days(90),
  /**
   * Decisions about processes that are older than this are removed. The record of what was done with a dead letter is
   * removed with the dead letter.
   */
  OPERATIONS_RETENTION_DAYS: days(400),
  /**
   * The rows that keep a step from being done twice stay at least this long after the latest change of their process.
   * Default: the time in which an event may be repeated from the stream, and then redriven as a dead letter, and 60
   * days more.
   */
  EFFECTS_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).optional(),

  /**
   * Keeps a copy of every event for this long, in the stream EVENTS_MIRROR, which no role may change. It reserves
   * `STREAM_MAX_BYTES`, and drops the oldest copies when they are used up. Default: no mirror.
   */
  EVENTS_MIRROR_DAYS: z.coerce.number().int().min(1).max(3_650).optional(),
  /**
   * Events older than this are removed once all consumers have acknowledged them, and so are published rows of the
   * outbox.
   */
  EVENTS_RETENTION_DAYS: days(30),

  /** Name of the group of bridges that share the work; part of the durable consumers' names. */
  BRIDGE_NAME: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits and "-"')
    .default('bridge'),

  /**
   * The most events that one bridge sends to Temporal at once. All bridges together send one event of each partition at
   * once.
   */
  BRIDGE_CONCURRENCY: z.coerce.number().int().min(1).max(PARTITIONS).default(PARTITIONS),
  /** Workflow tasks that may wait for a worker before the bridge slows down. */
  BRIDGE_MAX_BACKLOG: z.coerce.number().int().min(1).max(10_000_000).default(5_000),

  /**
   * Attempts of a subscription's handler at one event, while its dependencies are available, before the event is a dead
   * letter.
   */
  SUBSCRIPTION_ATTEMPTS: z.coerce.number().int().min(1).max(1_000).default(30),

  GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
  GATEWAY_PORT: port(8080),
  /**
   * Whether requests need a bearer token: docs/tokens.md. Default: `none` on loopback outside of production, otherwise
   * `required`.
   */
  GATEWAY_AUTH: z.enum(['none', 'required']).optional(),
  /** The most requests of one principal in a minute, for each gateway; each event of a batch is one. */
  GATEWAY_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(10_000_000).default(6_000),
  ...gatewayLimitSettings,
  ...quotaSettings,
  /** A JSON file with the hashes of API keys: `sagaline api-keys create`. It is read again when it changes. */
  API_KEYS_FILE: z.string().min(1).optional(),
  /** Where the public keys are that verify JSON Web Tokens: an address, or a file that is read again when it changes. */
  JWT_JWKS_URL: httpUrl.optional(),
  JWT_JWKS_FILE: z.string().min(1).optional(),
  /** `iss` and `aud` that a JSON Web Token must have. */
  JWT_ISSUER: z.string().min(1).optional(),
  JWT_AUDIENCE: z.string().min(1).optional(),
  ...operatorSettings,
  /**
   * After SIGTERM the gateway's /readyz answers 503 for this long before its endpoint closes, so that load balancers
   * see it and stop sending requests. Part of the 14 s within which a process stops. 0 by default outside of
   * production.
   */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(10_000).default(5_000),
  /** Each process serves /livez, /readyz and /metrics here if the port is set. It is not for the public. */
  HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
  HEALTH_PORT: portNumber.optional(),

  ...telemetrySettings,
  ...codecServerShape,
  ...consoleShape,
  ...bulkSettings,

  /** Local stack: where data stays between runs, and on which ports its servers listen. */
  DATA_DIR: z.string().min(1).default('.sagaline'),
  NATS_PORT: port(4222),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  TEMPORAL_HTTP_PORT: port(7243),
  TEMPORAL_METRICS_PORT: port(7253),
  POSTGRES_PORT: port(5440),
  PATH: z.string().optional(),
});

export type Settings = z.infer<typeof schema>;
