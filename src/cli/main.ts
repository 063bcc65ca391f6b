import { userInfo } from 'node:os';
import { environment } from '../config';
import { domains } from '../domains';
import { workerPools } from '../../workers/version';
import { subscriptions } from '../../workers/subscriptions';
import { processTerminal, runCli } from '.';

void runCli(process.argv.slice(2), {
  domains,
  subscriptions,
  pools: workerPools,
  environment: environment(),
  terminal: processTerminal(),
  user: osUser(),
}).then((exitCode) => {
  process.exitCode = exitCode;
});

/** In a container the user may have a number only. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
