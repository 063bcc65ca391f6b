/** Servers and all roles on this machine. */
import path from 'node:path';
import { StorageError } from '../../adapters/nats';
import type { Config, Environment } from '../../config';
import { environment } from '../../config';
import type { Log } from '../../contracts';
import { createCatalogue, webhookProviders } from '../../contracts';
import type { Secured } from '../../dev/secure';
import { addressesOf } from '../../dev/secure';
import { startStack } from '../../dev/stack';
import { installMissing, SERVERS } from '../../dev/stack/install-missing';
import type { LoadedApp } from '../app';
import { appConfig, settingsIn } from '../config';
import { deploy } from '../deploy';
import { provision } from '../provision';
import { devPorts, processPorts, stackPorts } from './ports';
import { assertRoom, roomOf } from './room';
import type { Control } from './control';
import { serveControl } from './control';
import type { RoleCounts } from './role-groups';
import { LOOPBACK, rolePlan } from './role-groups';
import type { RunningRoles } from './roles';
import { startRoles } from './roles';
import { secureStack } from './secured';

export type { RoleCounts } from './role-groups';

/** Servers and all roles on this machine, for `npm start`, the demo and the end-to-end test. */
export interface Local {
  /** The settings of an operator, who sees everything. */
  readonly config: Config;
  /** What the command line has in its environment to reach this stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** What `--secure` has made; `undefined` if everything is open to anyone on this machine. */
  readonly secured: Secured | undefined;
  readonly gatewayUrl: string;
  readonly consoleUrl: string;
  /** Where the processes of `dev.roles` listen, by role. */
  readonly devUrls: Readonly<Record<string, string>>;
  readonly temporalUiUrl: string;
  /** Where each process serves `/readyz` and `/metrics`, by its name. */
  healthUrls(): Readonly<Record<string, string>>;
  readonly logFolder: string;
  /** Process ids of the servers and roles that are up, by name. */
  pids(): Readonly<Record<string, number>>;
  /** Process ids of the roles alone. The second process of a role has a number in its name: `bridge-2`. */
  rolePids(): Readonly<Record<string, number>>;
  /**
   * Changes the number of processes of roles, while all others run on. Resolves when the new processes are ready, and those that
   * end have finished their work in flight. A later `restart` keeps the numbers.
   *
   * @param counts at least one process of each role that it names, such as `{ 'worker:payments': 3, bridge: 2 }`
   * @throws when a new process does not start; the roles then have as many processes as before
   */
  scale(counts: RoleCounts): Promise<void>;
  /**
   * Ends the roles and starts those of `app`, which is the same project loaded anew; the servers stay up. If it rejects, no role
   * runs, and you can call it again.
   */
  restart(app: LoadedApp): Promise<void>;
  /** Ends the roles in order (first those that accept work), then the servers. */
  stop(): Promise<void>;
}

/** The default export of a seed or a tour. */
export type AfterStart = (local: Local, say: (line: string) => void) => Promise<void>;

export interface LocalOptions {
  readonly app: LoadedApp;
  /** Settings that take precedence over the environment. */
  readonly settings: Readonly<Record<string, string>>;
  /** Number of processes of each role, by its name. Default: 1 */
  readonly counts?: RoleCounts;
  /** Settings of one process, by its name; they take precedence over `settings`. */
  readonly settingsOf?: (process: string) => Readonly<Record<string, string>>;
  /** Runs with TLS, users, tokens, encryption and keys of its own: docs/secured-start.md. */
  readonly secure?: boolean;
  /** First deletes the data that earlier runs have left in the data folder. */
  readonly fresh?: boolean;
  readonly log: (line: string) => void;
}

/**
 * Starts the servers, then the roles.
 *
 * @throws InvalidConfigError, InstallError, NoDiskRoomError, and the errors of the local stack
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { app, settings, counts = {}, settingsOf = () => ({}), fresh, log } = options;
  const open = { ...environment(), ...settings };
  const configOf = (of: LoadedApp, given: Environment) => {
    const configuration = appConfig(of, webhookProviders(of.domains), given, { servesGateway: true });
    // Reports domains that contradict each other once, before a server starts.
    createCatalogue(of.domains, settingsIn(configuration));
    return configuration;
  };
  // What contradicts itself is reported before keys are made.
  if (options.secure === true) configOf(app, { ...open, GATEWAY_AUTH: 'none' });
  let secured = options.secure === true ? await secureStack(app, open) : undefined;
  const given: Environment = { ...open, ...secured?.settings };
  const asRole = (role: string): Environment => ({ ...given, ...secured?.settingsOf(role) });
  const { external } = configOf(app, given);
  const config = configOf(app, asRole('operator'));
  const dev = devPorts(app, given);

  if (external.natsUrl === undefined) await assertRoom(config);
  const addresses = { NATS_URL: external.natsUrl, TEMPORAL_ADDRESS: external.temporalAddress };
  await installMissing(SERVERS, { ...given, ...addresses }, log);
  const stack = await startStack({
    dataDir: config.DATA_DIR,
    ports: stackPorts(config),
    alsoWanted: [...processPorts(config, dev), ...(secured?.ports ?? [])],
    fresh: fresh ?? false,
    namespace: config.TEMPORAL_NAMESPACE,
    searchPath: config.PATH,
    external,
    secured: secured?.servers,
    project: app.root,
    log,
    restart: true,
    onUnexpectedExit: () => undefined,
  });
  const logFolder = path.resolve(config.DATA_DIR, 'logs');
  const launch = async (of: LoadedApp, inNumber: RoleCounts) => {
    const configuration = configOf(of, asRole('provision'));
    await provision(of, configuration, toLog(log)).catch(async (error: unknown) => {
      if (error instanceof StorageError) log(await roomOf(configuration));
      throw error;
    });
    // All workers are about to be started: no workers of another version are left to receive new work.
    await deploy(of, configuration, toLog(log), { unpolled: true });
    log('starting the processes of Sagaline …');
    const plan = rolePlan(of, {
      environmentOf: asRole,
      config: configuration,
      settingsOf,
      besides: secured?.roles ?? [],
    });
    const { record } = stack;
    return startRoles(plan, { counts: inNumber, folder: of.root, logFolder, record, log });
  };
  let roles: RunningRoles | undefined;
  let inNumber = counts;
  const scale = async (wanted: RoleCounts) => {
    if (roles === undefined) throw new Error('the processes are being restarted');
    await roles.scale(wanted);
    inNumber = { ...inNumber, ...wanted };
  };
  let control: Control | undefined;
  try {
    roles = await launch(app, inNumber);
    control = await serveControl(config.DATA_DIR, { counts: () => roles?.counts(), scale });
  } catch (error) {
    await roles?.stop();
    await stack.stop();
    throw error;
  }

  return {
    config,
    environment: secured?.operator ?? addressesOf(config),
    secured,
    gatewayUrl: `http://${LOOPBACK}:${config.GATEWAY_PORT}`,
    consoleUrl: `http://${LOOPBACK}:${config.CONSOLE_PORT}`,
    devUrls: Object.fromEntries(dev.map(({ role, port }) => [role, `http://${LOOPBACK}:${port}`])),
    healthUrls: () => roles?.healthUrls() ?? {},
    temporalUiUrl: stack.temporalUiUrl ?? config.TEMPORAL_UI_URL,
    logFolder,
    pids: () => ({ ...stack.pids, ...roles?.pids() }),
    rolePids: () => roles?.pids() ?? {},
    scale,
    restart: async (next) => {
      configOf(next, given);
      const stopping = roles;
      roles = undefined;
      await stopping?.stop();
      if (secured) {
        // Other events have other subjects, and so other permissions.
        secured = await secureStack(next, open);
        if (stack.pids['nats'] !== undefined) process.kill(stack.pids['nats'], 'SIGHUP');
      }
      roles = await launch(next, inNumber);
    },
    stop: async () => {
      await control.close();
      await roles?.stop();
      await stack.stop();
    },
  };
}

/** Shows people warnings and errors of the set-up only: they may have to act upon these. */
function toLog(log: (line: string) => void): Log {
  const line = (_: object, message: string) => log(message);
  return { info: () => undefined, warn: line, error: line };
}
