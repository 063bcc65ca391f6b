/**
 * `sagaline start --secure`: all controls on one machine. Each part makes its keys once, in a folder of its own, and
 * gives its settings to the processes and servers.
 */
import path from 'node:path';
import type { Config } from '../../config';
import { ownersFolder, quoted, writeOwners } from './files';
import { gateway } from './gateway';
import { nats } from './nats';
import type { MakePart, SecureContext, SecuredPart, Settings } from './part';
import { payloads } from './payloads';
import { personal } from './personal';
import { postgres } from './postgres';
import { providers } from './providers';
import { signatures } from './signatures';

/** By the name of the folder. A further control is a file here, and a line. */
const PARTS: Readonly<Record<string, MakePart>> = {
  gateway,
  nats,
  payloads,
  personal,
  postgres,
  providers,
  signatures,
};

/** Everything that a secured stack has beside an open one. */
export interface Secured extends Required<SecuredPart> {
  /** Where the keys are. */
  readonly folder: string;
  /** The settings of the command line. */
  readonly operator: Settings;
}

/** Makes what is missing below the folder, and reads the rest. */
export async function makeSecured(context: SecureContext): Promise<Secured> {
  const folder = await ownersFolder(context.folder);
  const made = await Promise.all(
    Object.entries(PARTS).map(async ([name, make]) =>
      make({ ...context, folder: await ownersFolder(path.join(folder, name)) }),
    ),
  );
  const merged = (read: (part: SecuredPart) => Settings | undefined): Settings =>
    Object.assign({}, ...made.map(read)) as Settings;
  const settings = merged((part) => part.settings);
  const settingsOf = (role: string) => merged((part) => part.settingsOf?.(role));
  const operator = { ...addressesOf(context.config), ...settings, ...settingsOf('operator') };
  const file = path.join(folder, 'operator.env');
  await writeOwners(file, environmentOf(operator));
  return {
    folder,
    operator,
    settings,
    settingsOf,
    servers: Object.assign({}, ...made.map(({ servers }) => servers)) as Secured['servers'],
    roles: made.flatMap(({ roles = [] }) => roles),
    ports: made.flatMap(({ ports = [] }) => ports),
    tokens: merged((part) => part.tokens),
    lines: [
      // A shell of its own: the settings would make another start take these servers for somebody else's.
      `(set -a; . ${quoted(file)}; npx sagaline dead-letters list)`,
      ...made.flatMap(({ lines = [] }) => lines),
    ],
  };
}

/** How the command line reaches the servers of a stack. */
export function addressesOf(config: Config): Settings {
  const { NATS_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_UI_URL, DATABASE_URL } = config;
  const { WORKER_DEPLOYMENT_PREFIX } = config;
  return {
    ...{ NATS_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_UI_URL, DATABASE_URL },
    ...{ WORKER_DEPLOYMENT_PREFIX, DATA_DIR: path.resolve(config.DATA_DIR) },
  };
}

function environmentOf(settings: Settings): string {
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join('\n')}\n`;
}
