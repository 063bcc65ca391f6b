/** The command line: `npx sagaline`. What people and scripts ask a running Sagaline, and tell it. */
export { runCli } from './run';
export { processTerminal } from './terminal';
