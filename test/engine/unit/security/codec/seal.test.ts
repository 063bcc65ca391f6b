import fc from 'fast-check';
import { parseKeyRing } from '../../../../../src/security/codec/key-ring';
import type { Payload } from '../../../../../src/security/codec/seal';
import { open, seal } from '../../../../../src/security/codec/seal';
import { keyLine } from '../../../../support/payload-keys';

const [one, two, three] = [keyLine('one'), keyLine('two'), keyLine('three')];
const ring = parseKeyRing(`${one}\n${two}`);
const at = (workflowId: string, purpose = 'workflow') => ({ namespace: 'shop', workflowId, purpose });
const place = at('order-1');
const payload = (text: string, encoding = 'json/plain'): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(JSON.stringify(text)),
});

function textsIn({ metadata, data }: Payload): string {
  const parts = [...Object.values(metadata ?? {}), data ?? []];
  return parts.map((bytes) => Buffer.from(bytes).toString('latin1')).join('\n');
}

test('any payload comes back as it was, and none is the same twice', () => {
  const payloads = fc.record({
    metadata: fc.dictionary(fc.string({ minLength: 1 }), fc.uint8Array()),
    data: fc.uint8Array({ maxLength: 300 }),
  });
  const text = fc.string({ minLength: 1 });
  const places = fc.record(
    { namespace: text, workflowId: text, purpose: text },
    { requiredKeys: ['namespace'] },
  );
  fc.assert(
    fc.property(payloads, places, (given, place) => {
      const sealed = seal(given, ring, place);
      const opened = open(sealed, ring, place);
      if (opened.kind !== 'opened') throw new Error(opened.kind);
      expect(opened.keyId).toBe('one');
      expect(Object.keys(opened.payload.metadata ?? {}).sort()).toEqual(Object.keys(given.metadata).sort());
      for (const [name, value] of Object.entries(given.metadata))
        expect(Buffer.from(opened.payload.metadata?.[name] ?? []).equals(value)).toBe(true);
      expect(Buffer.from(opened.payload.data ?? []).equals(given.data)).toBe(true);
      expect(Buffer.from(seal(given, ring, place).data ?? [])).not.toEqual(sealed.data);
    }),
  );
});

test('in clear are the encoding, the key id, the place and what the other keys say of it, and nothing else', () => {
  const sealed = seal(payload('Ada Canary'), ring, place);
  const clear = Object.entries(sealed.metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString(),
  ]);
  expect(Object.fromEntries(clear)).toEqual({
    encoding: 'binary/encrypted',
    'encryption-key-id': 'one',
    'encryption-original-encoding': 'json/plain',
    'encryption-namespace': 'shop',
    'encryption-workflow-id': 'order-1',
    'encryption-purpose': 'workflow',
    'encryption-key-vouchers': expect.stringMatching(/^two:[\w-]{22}$/) as string,
  });
  expect(textsIn(sealed)).not.toContain('Canary');
});

test('a changed byte anywhere is noticed', () => {
  const sealed = seal(payload('Ada Canary'), ring, place);
  const regions: [string, Uint8Array][] = [
    ...Object.entries(sealed.metadata ?? {}),
    ['data', sealed.data ?? new Uint8Array()],
  ];
  let tried = 0;
  for (const [name, bytes] of regions) {
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const tampered =
        name === 'data'
          ? { ...sealed, data: changed }
          : { ...sealed, metadata: { ...sealed.metadata, [name]: changed } };
      const { kind } = open(tampered, ring, place);
      // Another encoding is none of ours, and another key id is another key.
      const expected = { encoding: 'unsealed', 'encryption-key-id': 'unknown-key' }[name] ?? 'tampered';
      expect([name, at, kind]).toEqual([name, at, expected]);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(120);
});

test.each([
  ...['encryption-original-encoding', 'encryption-key-vouchers'],
  ...['encryption-namespace', 'encryption-workflow-id', 'encryption-purpose'],
])('%s cannot be left out', (name) => {
  const { metadata, data } = seal(payload('x'), ring, place);
  const rest = Object.fromEntries(Object.entries(metadata ?? {}).filter(([each]) => each !== name));
  expect(open({ metadata: rest, data: data ?? null }, ring, place).kind).toBe('tampered');
});

test('a shortened or empty payload is tampered with, not an error', () => {
  const sealed = seal(payload('x'), ring, place);
  for (const length of [0, 11, 12, 27, 28, (sealed.data?.length ?? 0) - 1])
    expect(open({ ...sealed, data: Buffer.from(sealed.data ?? []).subarray(0, length) }, ring).kind).toBe(
      'tampered',
    );
});

test('a payload of one workflow is refused in another', () => {
  const sealed = seal(payload('x'), ring, place);
  expect(open(sealed, ring, at('order-2')).kind).toBe('another-place');
  expect(open(sealed, ring, at('order-11')).kind).toBe('another-place');
  // The runs of one schedule: the server makes their ids, and hands the result of one to the next.
  const scheduled = seal(payload('x'), ring, at('check-2026-11-29T00:00:00Z'));
  expect(open(scheduled, ring, at('check-2026-11-30T00:00:00Z')).kind).toBe('opened');
  expect(open(seal(payload('x'), ring, at('check')), ring, at('check-2026-11-30T00:00:00Z')).kind).toBe(
    'opened',
  );
  expect(open(scheduled, ring, at('other-2026-11-30T00:00:00Z')).kind).toBe('another-place');
  // The codec server does not know the place.
  expect(open(sealed, ring).kind).toBe('opened');
});

test.each([
  ['another namespace', { ...place, namespace: 'staging' }],
  ['an activity', at('order-1', 'activity:1')],
  ['no workflow', { namespace: 'shop' }],
])('a payload of one place is refused in %s, and the other way round', (_what, other) => {
  expect(open(seal(payload('x'), ring, place), ring, other).kind).toBe('another-place');
  expect(open(seal(payload('x'), ring, other), ring, place).kind).toBe('another-place');
  expect(open(seal(payload('x'), ring, other), ring, other).kind).toBe('opened');
});

describe('another ring', () => {
  const sealedBy = (...lines: string[]) => seal(payload('x'), parseKeyRing(lines.join('\n')), place);

  test('after a rotation the old key decrypts, and the new one encrypts', () => {
    const rotated = parseKeyRing(`${three}\n${one}`);
    expect(open(sealedBy(one, two), rotated).kind).toBe('opened');
    expect(open(seal(payload('x'), rotated, place), rotated)).toMatchObject({
      kind: 'opened',
      keyId: 'three',
    });
  });

  test('a ring that lacks a new key is told so by its other keys', () => {
    expect(open(sealedBy(three, one), ring)).toEqual({ kind: 'unknown-key', keyId: 'three', vouched: true });
  });

  test('a made-up key id has no voucher, and one is not copied from another key id', () => {
    expect(open(sealedBy(three), ring)).toEqual({ kind: 'unknown-key', keyId: 'three', vouched: false });
    const vouched = sealedBy(three, one);
    const copied = {
      ...vouched,
      metadata: { ...vouched.metadata, 'encryption-key-id': Buffer.from('four') },
    };
    expect(open(copied, ring)).toEqual({ kind: 'unknown-key', keyId: 'four', vouched: false });
  });

  test('another key under the same id does not open it', () => {
    expect(open(sealedBy(keyLine('one')), ring).kind).toBe('tampered');
  });
});
