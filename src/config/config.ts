import type { z } from 'zod';
import type { NatsSettings } from '../adapters/nats';
import type { TemporalTls } from '../adapters/temporal';
import type { DatabaseUse } from './database';
import type { Environment } from './environment';
import type { GatewayAccess } from './gateway-access';
import type { ProviderSettings } from './provider';
import type { Settings } from './schema';
import type { SecretReader } from './secrets';
import type { EventSignatures, SignatureNeeds } from './signatures';

/** The settings of one process, as they were read. */
export interface Config extends Omit<
  Settings,
  | 'LOG_FORMAT'
  | 'DATABASE_DIRECT_URL'
  | 'DATABASE_OWNER_URL'
  | 'EFFECTS_RETENTION_DAYS'
  | 'WORKFLOW_PROMISE_TRACES'
> {
  readonly DATABASE_DIRECT_URL: string;
  readonly DATABASE_OWNER_URL: string;
  readonly EFFECTS_RETENTION_DAYS: number;
  /** How to reach NATS, and JetStream there. */
  readonly nats: NatsSettings;
  /** The user of NATS that removes old messages, if it is another one. */
  readonly natsHousekeeping: NatsSettings | undefined;
  /** TLS of the connections to Temporal; `undefined` if they are in plain text. */
  readonly temporalTls: TemporalTls | undefined;
  /** The domains' own settings, by the name of the domain. */
  readonly ofDomains: Readonly<Record<string, object>>;
  readonly LOG_FORMAT: 'pretty' | 'json';
  readonly WORKFLOW_PROMISE_TRACES: 'on' | 'off';
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly secrets: {
    /** Reads a secret as it is now; `undefined` if it is not given. */
    readonly reader: (name: string) => SecretReader | undefined;
    /** Replaces every secret of this process in a text. */
    readonly mask: (text: string) => string;
  };
  readonly gatewayAccess: GatewayAccess;
  readonly eventSignatures: EventSignatures;
  /**
   * The activities per second that the task queue of a pool dispatches at most, by worker pool; only pools with a limit
   * are here.
   */
  readonly activitiesPerSecond: Readonly<Record<string, number>>;
  /** Addresses that were set. The local stack does not start these servers. */
  readonly external: {
    natsUrl?: string | undefined;
    temporalAddress?: string | undefined;
    databaseUrl?: string | undefined;
  };
}

/** What a process reads beside the engine's own settings. */
export interface ConfigNeeds {
  /**
   * Names of providers. Each has `PROVIDER_<NAME>_URL`, `…_API_KEY` and `…_WEBHOOK_SECRET` (several secrets separated
   * by commas).
   */
  readonly providers: readonly string[];
  /** The worker pools, each of which may have a `POOL_<NAME>_ACTIVITIES_PER_SECOND`. */
  readonly pools?: readonly string[];
  /** Whether the process is the gateway, which needs the keys of those who may use it. */
  readonly servesGateway?: boolean;
  /** What the process does with the signatures of events. */
  readonly signatures?: SignatureNeeds;
  /** How the process uses PostgreSQL. Default: as its own role */
  readonly database?: DatabaseUse;
  /** Whether the process gets personal data, as the contracts mark it. */
  readonly personalData?: boolean;
  /** Settings of the domains, by the name of the domain. */
  readonly settings?: Readonly<Record<string, z.ZodObject>>;
  /** Defaults beside the engine's own; they apply outside of production. */
  readonly presets?: ((given: Environment) => Environment) | undefined;
}
