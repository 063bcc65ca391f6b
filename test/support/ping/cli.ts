import { processTerminal, runCli } from '../../../src/cli';
import { environment } from '../../../src/config';
import { pingDomain } from './domain';

/** The command line of a deployment whose only domain is the ping, as a process. */
void runCli(process.argv.slice(2), {
  domains: [pingDomain],
  environment: environment(),
  terminal: processTerminal(),
  user: 'child',
}).then((exitCode) => {
  process.exitCode = exitCode;
});
