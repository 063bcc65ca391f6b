/** Which checks an examination has, with the connections that it could make. */
import { migrationStates } from '../adapters/postgres';
import type { WorkerPool } from '../adapters/temporal';
import { missingAttributes, poolState } from '../adapters/temporal';
import type { Config, Environment } from '../config';
import type { Catalogue, Log } from '../contracts';
import type { LoadedApp } from '../runtime/app';
import { migrationsOf } from '../runtime/migrations';
import { diskRoom } from '../runtime/local/room';
import { checkAccount } from './checks/account';
import { checkClock } from './checks/clock';
import { checkDisk } from './checks/disk';
import { checkExpiry } from './checks/expiry';
import { checkMigrations } from './checks/migrations';
import { checkPools } from './checks/pools';
import { checkPorts } from './checks/ports';
import { checkSearchAttributes } from './checks/search-attributes';
import { checkFill, checkStreams } from './checks/streams';
import type { Finding, Subject } from './finding';
import { certificates } from './observe/certificates';
import { keys } from './observe/keys';
import { accountShortage, fillings, natsClock, problemsOfStreams } from './observe/nats';
import { portStates } from './observe/ports';
import { databaseClock } from './observe/postgres';
import { temporalClock } from './observe/temporal';
import { tokens } from './observe/tokens';
import type { Servers } from './servers';

/** One check, with the subject under which its own failure is reported. */
export type Check = readonly [subject: Subject, check: () => Finding[] | Promise<Finding[]>];

export interface CheckParts {
  readonly app: LoadedApp;
  readonly environment: Environment;
  readonly config: Config;
  readonly catalogue: () => Catalogue;
  readonly pools: () => readonly WorkerPool[];
  readonly servers: Servers;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function checksOf(parts: CheckParts): Check[] {
  return [...ofMachine(parts), ...ofNats(parts), ...ofTemporal(parts), ...ofDatabase(parts)];
}

function ofMachine({ app, environment: given, config, servers, now }: CheckParts): Check[] {
  const { states } = servers;
  const isLocal = config.NODE_ENV !== 'production' && states.some(({ external }) => !external);
  const credentials = () =>
    checkExpiry([...certificates(config), ...keys(config), ...tokens(config)], new Date(now()));
  const ports = async () => {
    const found = await portStates(app, { config, given, servers: states });
    return checkPorts(found.ports, found);
  };
  return [
    ['keys', credentials],
    ...(isLocal ? [['ports', ports] as const] : []),
    ...(isLocal && config.external.natsUrl === undefined
      ? [['disk', async () => checkDisk(await diskRoom(config))] as const]
      : []),
  ];
}

function ofNats({ config, catalogue, servers: { nats }, log, now }: CheckParts): Check[] {
  if (nats === undefined) return [];
  const provision = config.PROVISION;
  return [
    ['streams', async () => checkStreams(await problemsOfStreams(nats, config, catalogue()), { provision })],
    ['streams', async () => checkFill(await fillings(nats, log))],
    ['account', async () => checkAccount(await accountShortage(nats, config, catalogue()))],
    ['clock', async () => checkClock(await natsClock(nats, now))],
  ];
}

function ofTemporal({ config, pools, servers: { temporal }, now }: CheckParts): Check[] {
  if (temporal === undefined) return [];
  const attributes = async () =>
    checkSearchAttributes(await missingAttributes(temporal), config.TEMPORAL_NAMESPACE);
  const polling = async () => checkPools(await Promise.all(pools().map((pool) => poolState(temporal, pool))));
  return [
    ['search-attributes', attributes],
    ['pools', polling],
    ['clock', async () => checkClock(await temporalClock(temporal, pools(), now))],
  ];
}

function ofDatabase({ app, servers: { database }, now }: CheckParts): Check[] {
  if (database === undefined) return [];
  return [
    ['migrations', async () => checkMigrations(await migrationStates(database, migrationsOf(app)))],
    ['clock', async () => checkClock(await databaseClock(database, now))],
  ];
}
