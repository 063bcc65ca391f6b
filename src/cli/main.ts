import { userInfo } from 'node:os';
import { environment } from '../config';
import { findConfig, loadApp } from '../runtime/load';
import { configFile, verbIn } from './arguments';
import { theMigrations, theReplayer, theSettings, theVersions } from './lazy';
import { once } from './once';
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
    tables: () => theMigrations().tablesOf(app()),
    pools: (config) => theVersions().workerPools(app(), config),
    replayer: (config) => theReplayer().createReplayer(app(), theSettings().temporalSettings(config, app())),
    // Without a project there are no presets; a command that needs a project reports that it is missing.
    presets: (given) => app().dev?.presets?.(given) ?? {},
    environment: environment(),
    terminal: processTerminal(),
    user: osUser(),
  });
}

/** Commands that do not need a project that loads: they create one, mend one, or use none. Help is always available. */
const WITHOUT_PROJECT = ['init', 'add', 'api-keys', 'test-servers'];

function needsProject(args: readonly string[]): boolean {
  const isHelp = args.length === 0 || args.some((arg) => arg === '--help' || arg === '-h' || arg === 'help');
  return (
    !WITHOUT_PROJECT.includes(verbIn(args) ?? '') && !(isHelp && findConfig(process.cwd()) === undefined)
  );
}

/** In a container the user may have a number but no name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
