/** The command line, `npx sagaline`: queries and commands, for people and scripts, to a running Sagaline. */
export { runCli } from './run';
export { processTerminal } from './terminal';
