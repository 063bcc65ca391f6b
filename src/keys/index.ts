/** Certificates, users, tokens and keys in a folder: for `sagaline keys` and `database`, and for the local stack with `--secure`. */
export { natsAccessOf } from './access';
export { newAuthority, serverCertificate } from './certificates';
export type { KeysFolder } from './folder';
export { assertEmpty, KeysFolderError, keysFolder } from './folder';
export {
  createSigningKey,
  initSigningKeys,
  readEntries,
  revokeSigningKey,
  rotateSigningKey,
  signingSettings,
} from './signing';
export { dropFormer, renew, settingsOf, writeAll, writeUsers } from './write';
