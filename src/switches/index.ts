/**
 * Pauses of routes, pools and providers: where they are kept, and how a process learns of them. What operators do with
 * them is in `src/operator/switches`.
 */
export { followPauses } from './follow';
export type { FollowedPauses } from './follow';
export { isRunning, pauseInWords, SWITCH_KINDS } from './pause';
export type { Pause, SwitchKind } from './pause';
export { createPoolStore, readAndEndPause } from './pools';
export type { SwitchablePool } from './pools';
export { createProviderStore } from './providers';
export { createRouteStore, readPausedRoutes } from './routes';
export { PauseConflictError } from './store';
export type { PauseStore } from './store';
