import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { initSigningKeys, keysFolder, signingSettings } from '../../keys';
import type { MakePart, Settings } from './part';

const AUDIENCE = 'local';
/** It is written last. */
const LAST = path.join('subscriber', 'signing.env');

/** Every event on NATS is signed by gateway, relay or operator, and checked before it is parsed: docs/signed-events.md. */
export const signatures: MakePart = async ({ folder: root }) => {
  const folder = keysFolder(root);
  // After a kill in the middle of this, all keys are made anew.
  if (!existsSync(path.join(root, LAST))) {
    await rm(path.join(root, 'signing-keys.json'), { force: true });
    await initSigningKeys(folder, AUDIENCE);
  }
  return {
    settingsOf: (role) => ({
      // What people redrive from the console is theirs, as on the command line.
      ...signingSettings(folder, role === 'console' ? 'operator' : role, AUDIENCE),
      ...atTheGateway(role),
    }),
  };
};

/**
 * The gateway signs what it takes. It only reports that a publisher has not signed: its token proves who it is, and no
 * event could be sent by hand otherwise.
 */
function atTheGateway(role: string): Settings {
  return role === 'gateway' ? { EVENT_SIGNATURES: 'report' } : {};
}
