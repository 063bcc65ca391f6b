import { userInfo } from 'node:os';
import { environment } from '../config';
import type * as replaying from '../runtime/replayer';
import { findConfig, loadApp } from '../runtime/load';
import { tablesOf } from '../runtime/migrations';
import { temporalSettings } from '../runtime/settings';
import { workerPools } from '../runtime/version';
import { configFile } from './arguments';
import { once } from './once';
import { addProject } from './project';
import { processTerminal, runCli } from '.';

/** Runs the command line of the project in the working directory. Resolves with the exit code. */
export function main(args: readonly string[]): Promise<number> {
  const app = once(() => loadApp(process.cwd(), configFile(args)));
  return runCli(args, {
    get domains() {
      return needsProject(args) ? app().domains : [];
    },
    get payloadCodecs() {
      return app().payloadCodecs ?? [];
    },
    subscriptions: (parts) => app().subscriptions?.(parts) ?? [],
    project: app,
    tables: () => tablesOf(app()),
    pools: (config) => workerPools(app(), config),
    replayer: (config) => replayer().createReplayer(app(), temporalSettings(config, app())),
    // Without a project there are no presets; a command that needs a project reports that it is missing.
    presets: (given) => app().dev?.presets?.(given) ?? {},
    commands: (program) => addProject(program, app),
    environment: environment(),
    terminal: processTerminal(),
    user: osUser(),
  });
}

/** Commands that do not need a project that loads: they create one, mend one, or use none. Help is always available. */
const WITHOUT_PROJECT = ['init', 'add', 'api-keys', 'test-servers'];

function needsProject(args: readonly string[]): boolean {
  const isHelp = args.length === 0 || args.some((arg) => arg === '--help' || arg === '-h' || arg === 'help');
  return !WITHOUT_PROJECT.includes(args[0] ?? '') && !(isHelp && findConfig(process.cwd()) === undefined);
}

/** Loaded on demand: it loads the native core of Temporal's SDK. */
function replayer(): typeof replaying {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('../runtime/replayer') as typeof replaying;
}

/** In a container the user may have a number but no name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
