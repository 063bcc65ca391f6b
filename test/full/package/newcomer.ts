import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { ownStackSettings } from '../../../demo/local-settings';
import { environment } from '../../../src/config';
import { findUnprivilegedUser, runningAsRoot } from '../../../src/dev/stack/unprivileged-user';
import type { Node } from './nodes';

/** Who installs the package: with which Node, as whom, and where. */
export interface Newcomer {
  readonly name: string;
  /** The name of the user. */
  readonly as: string;
  /** A folder that is theirs, outside of the repository. */
  readonly place: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it is another than we are. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly ports: Readonly<Record<'nats' | 'temporal' | 'postgres' | 'gateway', number>>;
}

/** What npm sets for the scripts that it runs, and what would lead the package to this repository. */
const FROM_NPM = /^(npm_|INIT_CWD$|NODE$|NODE_OPTIONS$|NODE_PATH$)/i;
/** Of the ordinary user's own: the caches of npm and of the servers are empty for them. */
const FROM_HOME = /^(HOME|USER|LOGNAME|XDG_.*|SAGALINE_CACHE)$/;
/** The folders of packages that npm puts on the path of its scripts. */
const OF_PACKAGES = /[\\/]node_modules[\\/]/;

/** The user who runs this suite. */
export async function thisUser(node: Node, place: string, registry: string): Promise<Newcomer> {
  mkdirSync(place, { recursive: true });
  return newcomer({
    name: `Node ${node.version}`,
    as: userInfo().username,
    node,
    place,
    registry,
    user: undefined,
    home: {},
  });
}

/** Somebody else with an empty home. `undefined`: only root can become somebody else, and root alone has a user for that. */
export async function ordinaryUser(
  node: Node,
  place: string,
  registry: string,
): Promise<Newcomer | undefined> {
  const user = runningAsRoot() ? findUnprivilegedUser() : undefined;
  if (user === undefined) return undefined;
  const home = path.join(place, 'home');
  mkdirSync(home, { recursive: true });
  chmodSync(path.dirname(place), 0o755);
  for (const folder of [place, home]) chownSync(folder, user.uid, user.gid);
  const name = `Node ${node.version} as ${user.name}, with an empty home`;
  return newcomer({
    name,
    as: user.name,
    node,
    place,
    registry,
    user: { uid: user.uid, gid: user.gid },
    home: { HOME: home, USER: user.name, LOGNAME: user.name },
  });
}

interface Given {
  readonly name: string;
  readonly as: string;
  readonly node: Node;
  readonly place: string;
  readonly registry: string;
  readonly user: Newcomer['user'];
  readonly home: Readonly<Record<string, string>>;
}

async function newcomer({ name, as, node, place, registry, user, home }: Given): Promise<Newcomer> {
  const settings = await ownStackSettings('.sagaline');
  const isOthers = Object.keys(home).length > 0;
  const kept = Object.entries(environment()).filter(
    ([key]) => !FROM_NPM.test(key) && !(isOthers && FROM_HOME.test(key)),
  );
  const folders = (environment()['PATH'] ?? '')
    .split(path.delimiter)
    .filter((each) => !OF_PACKAGES.test(each));
  const env = {
    ...(Object.fromEntries(kept) as Record<string, string>),
    ...settings,
    ...home,
    PATH: [...(node.folder === undefined ? [] : [node.folder]), ...folders].join(path.delimiter),
    npm_config_registry: registry,
    npm_config_update_notifier: 'false',
    // A commit needs nobody's name and no signature.
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const port = (setting: string) => Number(settings[setting]);
  return {
    name,
    as,
    place,
    env,
    user,
    ports: {
      nats: port('NATS_PORT'),
      temporal: port('TEMPORAL_PORT'),
      postgres: port('POSTGRES_PORT'),
      gateway: port('GATEWAY_PORT'),
    },
  };
}
