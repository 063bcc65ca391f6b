import { X509Certificate } from 'node:crypto';
import type * as crypto from 'node:crypto';
import { newAuthority } from '../../../../src/keys/certificates';

const SERIAL_BYTES = 16;
let first = Buffer.alloc(0);
jest.mock('node:crypto', () => {
  const real = jest.requireActual<typeof crypto>('node:crypto');
  return {
    ...real,
    randomBytes: (size: number) =>
      size === SERIAL_BYTES ? Buffer.concat([first], size) : real.randomBytes(size),
  };
});

// One of 512 certificates had a number with a zero too many, and the server did not start with it.
test.each([
  ['two zeros', [0x00, 0x00, 0x41]],
  ['a zero', [0x00, 0x41]],
  ['a high bit', [0xff, 0x41]],
  ['a byte as it is', [0x41, 0x00]],
])('a certificate whose random number begins with %s can be read', async (_, bytes) => {
  first = Buffer.from(bytes);
  const { certificate } = await newAuthority({ days: 1, now: new Date() });
  const { serialNumber } = new X509Certificate(certificate);
  expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
});
