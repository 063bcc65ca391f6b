import { userInfo } from 'node:os';
import { environment } from '../config';
import { domains } from '../domains';
import type * as replaying from '../../workers/replayer';
import { workerPools } from '../../workers/version';
import { subscriptions } from '../../workers/subscriptions';
import { processTerminal, runCli } from '.';

void runCli(process.argv.slice(2), {
  domains,
  subscriptions,
  pools: workerPools,
  replayer: () => replayer().createReplayer(),
  environment: environment(),
  terminal: processTerminal(),
  user: osUser(),
}).then((exitCode) => {
  process.exitCode = exitCode;
});

/** Loaded when it is wanted: it brings the native core of Temporal's SDK along. */
function replayer(): typeof replaying {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('../../workers/replayer') as typeof replaying;
}

/** In a container the user may have a number only. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
