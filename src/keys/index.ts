/** Certificates and users for NATS, in a folder: for `sagaline keys`, and for the local stack with `--secure`. */
export { natsAccessOf } from './access';
export type { KeysFolder } from './folder';
export { assertEmpty, KeysFolderError, keysFolder } from './folder';
export { dropFormer, renew, settingsOf, writeAll, writeUsers } from './write';
