// Who reaches the port of NATS, with parts of what a process has.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNats, natsRole } from '../../../../src/adapters/nats';
import { createUser } from 'nkeys.js';
import type { NatsSettings } from '../../../../src/adapters/nats';
import { clientCertificate, newAuthority } from '../../../../src/keys/certificates';
import { silentLog } from '../../../support/log';
import type { Attack } from '../attack';
import { attempt } from '../attack';
import type { Target } from '../target';

const CERTIFICATE = 'client certificates of our authority';
const USER = 'an nkey for each user';
const ENCRYPTED = 'TLS, without a way back to plain text';

/** The settings of the gateway, and the same with something else in its place. */
type Change = (right: NatsSettings, target: Target) => Promise<NatsSettings>;

/** Connects with the right settings first: the wrong ones must be all that is refused. */
const connecting = (threat: string, control: string, change: Change): Attack => ({
  threat: `NATS: ${threat}`,
  control,
  attack: async (target) => {
    const right = target.natsAs('gateway');
    const open = async (config: NatsSettings) => {
      const name = { ...natsRole('gateway'), log: silentLog, orFail: true };
      const connection = await connectNats({ ...config, ...name });
      await connection.flush();
      await connection.close();
    };
    await open(right);
    const wrong = target.controls === 'on' ? await change(right, target) : right;
    return attempt(() => open(wrong));
  },
});

/** A certificate that is not as it must be, in place of the right one. */
async function withCertificate(
  { tls, ...right }: NatsSettings,
  { days, ofOurs }: { readonly days: number; readonly ofOurs?: string },
): Promise<NatsSettings> {
  const now = new Date();
  const authority =
    ofOurs === undefined
      ? await newAuthority({ days: 1, now })
      : {
          certificate: await readFile(path.join(ofOurs, 'ca.pem'), 'utf8'),
          key: await readFile(path.join(ofOurs, 'ca-key.pem'), 'utf8'),
        };
  const made = await clientCertificate(authority, { commonName: 'sagaline-gateway', days, now });
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-attacker-'));
  const [certFile, keyFile] = [path.join(folder, 'client.pem'), path.join(folder, 'client-key.pem')];
  await Promise.all([writeFile(certFile, made.certificate), writeFile(keyFile, made.key)]);
  return { ...right, tls: { caFile: tls?.caFile, certFile, keyFile } };
}

const folderOf = ({ local }: Target) => path.join(local.secured?.folder ?? '', 'nats');
/** Yesterday. */
const EXPIRED = -1;

/** Another server answers in the place of ours: the process must not tell it anything. */
const PLAINTEXT: Attack = {
  threat: 'NATS: a plaintext server in the place of ours',
  control: ENCRYPTED,
  attack: async (target) => {
    const right = target.natsAs('gateway');
    const url = right.url.replace(/:\d+$/, `:${target.plaintextNats}`);
    return attempt(async () => {
      const name = { ...natsRole('gateway'), log: silentLog, orFail: true };
      const connection = await connectNats({ ...right, url, ...name });
      await connection.close();
    });
  },
};

export const tls: readonly Attack[] = [
  connecting('no certificate', CERTIFICATE, (right) =>
    Promise.resolve({ ...right, tls: { caFile: right.tls?.caFile } }),
  ),
  connecting('a certificate of another authority', CERTIFICATE, (right) =>
    withCertificate(right, { days: 1 }),
  ),
  connecting('an expired certificate', CERTIFICATE, (right, target) =>
    withCertificate(right, { days: EXPIRED, ofOurs: folderOf(target) }),
  ),
  connecting('a certificate, and no user', USER, ({ url, tls: files }) =>
    Promise.resolve({ url, tls: files }),
  ),
  connecting('a made-up user', USER, async (right) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-attacker-'));
    const nkeyFile = path.join(folder, 'user.nk');
    await writeFile(nkeyFile, createUser().getSeed());
    return { ...right, nkeyFile };
  }),
  PLAINTEXT,
];
