/** Personal data: a data key for each data subject, wrapped by master keys; fields are encrypted with it at the doors. */
export { createDataKeys, KEPT_MS } from './data-keys';
export type { DataKeys } from './data-keys';
export { personalDataMigrations } from './migrations';
export { createPersonalData, ERASED, inClear, UNREADABLE } from './personal-data';
export type { PersonalData } from './personal-data';
export { createUsesPruning } from './prune';
export { KEYS_SETTING, openPersonalData } from './open';
export { eraseSubject, findSubject, rewrapKeys } from './subjects';
