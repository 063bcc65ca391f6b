import type { PayloadCodec } from '@temporalio/common';
import type { ProjectTables } from '../adapters/postgres';
import type { WorkerPool } from '../adapters/temporal';
import type { Config, ConfigNeeds, Environment } from '../config';
import { readConfig, readSettings } from '../config';
import type { Catalogue, Domain, Log, Reconciliation } from '../contracts';
import { createCatalogue, InvalidConfigError } from '../contracts';
import type { DeadLetterParts } from '../dead-letters';
import type { OperatorContext } from '../operator';
import { CliError, EXIT } from './exit';
import { theIdentity, theNats, theOperator, thePersonalData, theSignatures, theTemporal } from './lazy';
import { once } from './once';
import { catalogueOfGiven } from './partial-settings';
import type { App, LoadedApp } from '../runtime/app';
import { switchableIn } from '../runtime/switchable';
import type { Signatures } from '../runtime/signatures';
import type { Nats } from './servers';
import { reachDatabase, reachNats, reachTemporal } from './servers';
import type { Subscribed } from '../subscriptions';
import type { RecordedHistory, ReplayVerdict } from '../testing/replay';
import type { Terminal } from './terminal';

export interface CliContextOptions {
  /** Read only when a command needs it, so it may be a getter. */
  readonly domains: readonly Domain[];
  /** Defaults of settings outside of production. */
  readonly presets?: ConfigNeeds['presets'];
  /** Codecs of the payloads in Temporal. */
  readonly payloadCodecs?: readonly PayloadCodec[];
  /** Handlers of the domains' subscriptions, for `subscriptions rebuild`. */
  readonly subscriptions?: App['subscriptions'] | undefined;
  /** What the rights of the deployment's database roles depend on. */
  readonly tables?: (() => ProjectTables) | undefined;
  /** The worker pools of this deployment, with the versions that this folder or image has. */
  readonly pools?: ((config: Config) => readonly WorkerPool[]) | undefined;
  /** The whole project, for commands that examine a deployment. */
  readonly project?: (() => LoadedApp) | undefined;
  /** Creates a replayer that has the workflows of this folder or image. */
  readonly replayer?: ((config: Config) => Promise<Replayer>) | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** Name of the operator on a machine without tokens, where nothing proves it. */
  readonly user: string;
}

export interface Replayer {
  /** Replays one history; the id is for a history without a workflow id. */
  readonly replay: (history: RecordedHistory, workflowId: string) => Promise<ReplayVerdict>;
  /** Without this call the replayer keeps the process alive, even if it has replayed nothing. */
  readonly close: () => Promise<void>;
}

/** The servers and terminal of a command. It connects to each server on first use. */
export interface CliContext extends OperatorContext {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** @throws CliError if there is none */
  project(): LoadedApp;
  /** The catalogue for documents, which need no settings; for the conditions of routes, take `catalogue`. */
  readonly described: Catalogue;
  readonly reconciliations: readonly Reconciliation[];
  config(): Config;
  nats(): Promise<Nats>;
  /** With the operator's key, if he has one. */
  signatures(): Signatures;
  subscriptions(): readonly Subscribed[];
  tables(): ProjectTables;
  replayer(): Promise<Replayer>;
  /** Sets the exit code of a command that has done its work, but with another result than success. */
  exitWith(code: number): void;
  exitCode(): number;
  close(): Promise<void>;
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function openCliContext(
  options: CliContextOptions,
  warn: (text: string) => void = (text) => options.terminal.error(text),
): CliContext {
  const { environment, terminal, user } = options;
  const closing: (() => Promise<unknown>)[] = [];
  let exitCode: number = EXIT.ok;
  // Only the domains' settings that routes depend on: this process does not get the providers' secrets.
  const catalogue = once(() =>
    createCatalogue(options.domains, (domain) =>
      readSettings(domain, { given: environment, presets: options.presets }),
    ),
  );
  const described = once(() => {
    const made = catalogueOfGiven(options.domains, { given: environment, presets: options.presets });
    if (made.kind === 'unchecked') throw new InvalidConfigError(made.missing);
    return made.catalogue;
  });
  const needs = { providers: [], presets: options.presets };
  // Most commands work without PostgreSQL; `database` below demands its address.
  const config = once(() => readConfig(environment, { ...needs, database: 'none' }));
  const nats = once(async () => {
    const connection = await reachNats(config());
    closing.push(() => connection.close());
    return connection;
  });
  const temporal = once(async () => {
    const client = await reachTemporal(config(), options);
    closing.push(() => client.connection.close());
    return client;
  });
  const database = once(() => {
    const opened = reachDatabase(readConfig(environment, needs));
    closing.push(() => opened.end());
    return opened;
  });
  const signatures = once(() =>
    theSignatures().signaturesOf(config(), { count: () => undefined, log: silent }),
  );
  const personal = once(() => {
    const file = config().PERSONAL_DATA_KEYS_FILE;
    const { inClear, openPersonalData } = thePersonalData();
    return file === undefined ? inClear : openPersonalData(file, database(), silent);
  });
  const deadLetters = once(async (): Promise<DeadLetterParts> => {
    const connection = await nats();
    const jetstream = connection.jetstream();
    const adapter = theNats();
    return {
      get catalogue() {
        return catalogue();
      },
      deadLetters: await adapter.createStreamReader(connection, adapter.DEAD_LETTERS_STREAM),
      operations: await adapter.createStreamReader(connection, adapter.OPERATIONS_STREAM),
      append: adapter.createOperationLog(jetstream),
      republish: adapter.createRepublisher(jetstream),
      forecast: async (event, route) => theTemporal().forecastOf(await temporal(), event, route),
      clock: () => new Date(),
      get sign() {
        return signatures().sign;
      },
      get checkSignature() {
        return signatures().checkSignature;
      },
    };
  });

  const auditing = once(() =>
    theOperator().createAuditing({
      database,
      identify: (scopes) => theIdentity().identify(config(), { scopes, user }),
      warn,
    }),
  );

  const project = () => {
    if (!options.project) throw new CliError('no-project', 'there is no project here');
    return options.project();
  };

  return {
    terminal,
    environment,
    project,
    switchable: () => switchableIn(project()),
    get auditing() {
      return auditing();
    },
    get catalogue() {
      return catalogue();
    },
    get described() {
      return described();
    },
    get processes() {
      return options.domains.flatMap(({ workflows }) => workflows);
    },
    get reconciliations() {
      return options.domains.flatMap(({ reconciliation }) => (reconciliation ? [reconciliation] : []));
    },
    config,
    nats,
    temporal,
    database,
    personal,
    events: once(async () => theNats().createStreamReader(await nats(), theNats().EVENTS_STREAM)),
    deadLetters,
    publisher: once(async () => theNats().createPublisher((await nats()).jetstream(), signatures())),
    signatures,
    subscriptions: once(() => options.subscriptions?.({ database: database(), personal: personal() }) ?? []),
    tables: () => options.tables?.() ?? { pools: [], access: {} },
    pools: once(() => options.pools?.(config()) ?? []),
    replayer: once(async () => {
      if (!options.replayer) throw new CliError('no-workflows', 'there are no workflows to replay with');
      const replayer = await options.replayer(config());
      closing.push(() => replayer.close());
      return replayer;
    }),
    exitWith: (code) => (exitCode = code),
    exitCode: () => exitCode,
    close: async () => {
      await Promise.allSettled(closing.map((close) => close()));
    },
  };
}
