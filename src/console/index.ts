/** The operators' console: pages that the server renders, on a port of its own. The same functions as the command line. */
export { loadAssets } from './assets/assets';
export { createConsole } from './console';
