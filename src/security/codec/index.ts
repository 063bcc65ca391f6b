/** The encryption of Temporal's payloads: key ring, codec, and the codec server for the Temporal UI and CLI. */
export { openKeyFile } from './key-file';
export { createPayloadCodec } from './payload-codec';
export { createCodecServer } from './server';
export { openTokenFile } from './tokens';
export { recordUses } from './uses';
