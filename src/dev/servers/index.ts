/**
 * The programs of the local servers, in a cache that all projects of a user share. `scripts/setup.mjs` loads this folder as soon
 * as tsx is installed, before every start and test, so it imports only Node's own modules.
 */
export type { Environment } from './cache';
export { cachedBinary, cacheFolder, isExecutable, onPath, programIn } from './cache';
export { installServers } from './install';
export type { PinnedProgram, ServerBinary } from './pinned';
export { PINNED } from './pinned';
export { planServers } from './plan';
export { asInstallError, InstallError } from './problem';
