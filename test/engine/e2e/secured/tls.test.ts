// Who gets through: a server with TLS and client certificates, and one in plain text.
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { NatsConnection } from 'nats';
import { ErrorCode, NatsError } from 'nats';
import type { NatsFiles } from '../../../../src/adapters/nats';
import { connectNats, NATS_ROLES, natsRole, NatsNotEncryptedError } from '../../../../src/adapters/nats';
import { clientCertificate, newAuthority } from '../../../../src/keys/certificates';
import { InvalidConfigError } from '../../../../src/contracts';
import { rememberingLog, silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import type { SecuredNats } from '../../../support/secured-nats';
import { startSecuredNats } from '../../../support/secured-nats';
import { pingDomain } from '../../../support/ping/domain';
import { until } from '../../../support/until';

const now = new Date();
const A_YEAR_AGO = new Date(now.getTime() - 365 * 24 * 60 * 60_000);

let secured: SecuredNats;
let plain: TestNats;
beforeAll(async () => {
  [secured, plain] = await Promise.all([
    startSecuredNats([pingDomain]),
    startTestNats({ provisioned: false }),
  ]);
});
afterAll(async () => {
  await secured.stop();
  await plain.stop();
});

const at = (name: string) => path.join(secured.folder, name);
const gatewayFiles = () => ({
  tls: {
    caFile: at('gateway/ca.pem'),
    certFile: at('gateway/client.pem'),
    keyFile: at('gateway/client-key.pem'),
  },
  nkeyFile: at('gateway/user.nk'),
});

const SECURED = () => `tls://127.0.0.1:${secured.port}`;

/** Connects once. */
function attempt(files: NatsFiles, url = SECURED()): Promise<NatsConnection> {
  return connectNats({ url, ...files, ...natsRole('gateway'), log: silentLog, orFail: true });
}

/** Connects as a role does: again, if a busy machine takes too long for the handshake. */
function admitted(files: NatsFiles): Promise<NatsConnection> {
  return connectNats({ url: SECURED(), ...files, ...natsRole('gateway'), log: silentLog });
}

/**
 * The reason of a refusal. A server that refuses a client's certificate closes the connection after the client's part of the
 * handshake, which the client sees as a time-out. It is one only while the right files get through at once.
 */
async function refusalOf(files: NatsFiles, url?: string): Promise<Error> {
  for (;;) {
    try {
      await (await attempt(files, url)).close();
    } catch (error) {
      if (isTimeout(error) && !(await isAdmittedAtOnce())) continue;
      return error as Error;
    }
    throw new Error('it got through');
  }
}

async function isAdmittedAtOnce(): Promise<boolean> {
  try {
    await (await attempt(gatewayFiles())).close();
    return true;
  } catch (error) {
    if (isTimeout(error)) return false;
    throw error;
  }
}

const isTimeout = (error: unknown) =>
  error instanceof NatsError && error.code === (ErrorCode.Timeout as string);

jest.setTimeout(60_000);

test('the right certificate and user get through, encrypted', async () => {
  const connection = await admitted(gatewayFiles());
  expect(connection.info).toMatchObject({ tls_required: true, tls_verify: true });
  await connection.flush();
  await connection.close();
});

test('every file of the keys is for its owner only', async () => {
  const files = ['ca-key.pem', 'server-key.pem', 'users.conf', 'nats-server.conf', 'keys.json'];
  const ofRoles = NATS_ROLES.flatMap((role) => [`${role}/user.nk`, `${role}/client-key.pem`]);
  const modes = await Promise.all([...files, ...ofRoles].map(async (name) => (await stat(at(name))).mode));
  expect(new Set(modes.map((mode) => (mode & 0o777).toString(8)))).toEqual(new Set(['600']));
});

describe('refused:', () => {
  /** Writes a client certificate that looks like the gateway's, and differs in its authority or its time. */
  async function forged(name: string, authority: 'ours' | 'another', from: Date): Promise<NatsFiles> {
    const ours = {
      certificate: await readFile(at('ca.pem'), 'utf8'),
      key: await readFile(at('ca-key.pem'), 'utf8'),
    };
    const signer = authority === 'ours' ? ours : await newAuthority({ days: 30, now });
    const made = await clientCertificate(signer, { commonName: 'sagaline-gateway', days: 30, now: from });
    const [certFile, keyFile] = [at(`${name}.pem`), at(`${name}-key.pem`)];
    await writeFile(certFile, made.certificate);
    await writeFile(keyFile, made.key);
    return { ...gatewayFiles(), tls: { ...gatewayFiles().tls, certFile, keyFile } };
  }

  test('a client without a certificate', async () => {
    await refusalOf({ ...gatewayFiles(), tls: { caFile: at('ca.pem') } });
  });

  test('a client certificate of another authority', async () => {
    await refusalOf(await forged('stranger', 'another', now));
  });

  test('a client certificate that has expired', async () => {
    await refusalOf(await forged('expired', 'ours', A_YEAR_AGO));
  });

  test('the same way of writing a certificate, signed by ours and valid, is not', async () => {
    await (await admitted(await forged('twin', 'ours', now))).close();
  });

  test('a server whose authority the client does not know', async () => {
    const authority = await newAuthority({ days: 30, now });
    await writeFile(at('other-ca.pem'), authority.certificate);
    const files = { ...gatewayFiles(), tls: { ...gatewayFiles().tls, caFile: at('other-ca.pem') } };
    expect(await refusalOf(files)).toHaveProperty('code');
    // Without a file of ours, the authorities of Node.js count.
    await refusalOf({ nkeyFile: at('gateway/user.nk') });
  });

  test('a server with another name than in its certificate', async () => {
    const error = await refusalOf(gatewayFiles(), `tls://localhost:${secured.port}`);
    expect(error).toHaveProperty('code', 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('a user that the server does not know, and none', async () => {
    const seed = 'SUACH75SWCM5D2JMJM6EKLR2WDARVGZT4QC6LX3AGHSWOMVAKERABBBRWM';
    await writeFile(at('unknown.nk'), seed);
    for (const nkeyFile of [at('unknown.nk'), undefined]) {
      expect(await refusalOf({ tls: gatewayFiles().tls, nkeyFile })).toHaveProperty(
        'code',
        'AUTHORIZATION_VIOLATION',
      );
    }
  });

  test.each(['tls://', 'nats://'])(
    'a server in plain text, at a %s address with our files',
    async (scheme) => {
      const url = `${scheme}${new URL(plain.url).host}`;
      const error = await refusalOf(gatewayFiles(), url);
      expect(error).toBeInstanceOf(NatsNotEncryptedError);
      expect(error.message).toContain(`NATS offers no TLS at ${url}`);
    },
  );

  test('a server in plain text at a tls:// address without any file, also when a role would wait', async () => {
    const url = plain.url.replace('nats://', 'tls://');
    await expect(connectNats({ url, name: 'test', log: silentLog })).rejects.toBeInstanceOf(
      NatsNotEncryptedError,
    );
    // The same server without TLS asked for: it is the address that makes the difference.
    await (await connectNats({ url: plain.url, name: 'test', log: silentLog, orFail: true })).close();
  });

  test('a file that is not there, by the name of its setting', async () => {
    const error = await refusalOf({ ...gatewayFiles(), nkeyFile: at('nowhere.nk') });
    expect(error).toBeInstanceOf(InvalidConfigError);
    expect(error).toHaveProperty('problems', [`NATS_NKEY_FILE: ${at('nowhere.nk')} cannot be read (ENOENT)`]);
  });
});

test('keys are rotated and the former ones revoked: a connection comes back with the new files by itself', async () => {
  const former = await readFile(at('gateway/user.nk'), 'utf8');
  await writeFile(at('former.nk'), former);
  const log = rememberingLog();
  const connection = await connectNats({ url: SECURED(), ...gatewayFiles(), ...natsRole('gateway'), log });
  await secured.keys('rotate');
  expect(await readFile(at('gateway/user.nk'), 'utf8')).not.toBe(former);
  secured.reload();
  // The server has both keys now, and the former one still works.
  const withFormer = { ...gatewayFiles(), nkeyFile: at('former.nk') };
  await until('the new key works', () =>
    attempt(gatewayFiles()).then(
      (open) => open.close().then(() => true),
      () => false,
    ),
  );
  await (await admitted(withFormer)).close();

  await secured.keys('revoke');
  secured.reload();
  await until('the former key is refused', () =>
    attempt(withFormer).then(
      (open) => open.close().then(() => false),
      (error: unknown) => error instanceof NatsError && error.isAuthError(),
    ),
  );
  // The server has closed the connection of the former user.
  await until('the connection is back', () => log.lines.some(({ message }) => message === 'NATS is back'));
  await connection.flush();
  expect(connection.isClosed()).toBe(false);
  await connection.close();
});
