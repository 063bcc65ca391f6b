import { writeFileSync } from 'node:fs';
import { defaultPayloadConverter } from '@temporalio/common';
import { openKeyFile } from '../../../../../src/security/codec/key-file';
import { createPayloadCodec } from '../../../../../src/security/codec/payload-codec';
import type { Payload } from '../../../../../src/security/codec/seal';
import { keyLine, secretFile } from '../../../../support/payload-keys';

const [one, two, strange] = [keyLine('one'), keyLine('two'), keyLine('strange')];
const workflow = { type: 'workflow', namespace: 'default', workflowId: 'order-1' } as const;
const activity = { type: 'activity', namespace: 'default', workflowId: 'order-1', isLocal: false } as const;
const plain = defaultPayloadConverter.toPayload({ id: 'submitted' });

function codecOf(lines: readonly string[], plaintext: 'read' | 'refuse' = 'refuse') {
  let time = 0;
  const file = secretFile(...lines);
  const codec = createPayloadCodec(openKeyFile(file, { now: () => (time += 1_000) }), {
    namespace: 'default',
    plaintext,
  });
  return { ...codec, rewrite: (...next: string[]) => writeFileSync(file, next.join('\n')) };
}

const valueOf = ([payload]: Payload[]): unknown => payload && defaultPayloadConverter.fromPayload(payload);

test('what it encodes it decodes, and says which key had encrypted it', async () => {
  const codec = codecOf([one]);
  const [sealed] = await codec.encode([plain], workflow);
  expect(JSON.stringify(sealed)).not.toContain('submitted');
  const opened = await codec.decode(sealed ? [sealed] : [], workflow);
  expect(valueOf(opened)).toEqual({ id: 'submitted' });
  expect(String(opened[0]?.metadata?.['sagaline-sealed-by'])).toBe('one');
});

test('a result of one activity is none of another one, nor a signal; a signal is no result', async () => {
  const codec = codecOf([one]);
  const step = (activityId: string) => ({ ...activity, activityId });
  const result = await codec.encode([plain], step('3'));
  expect(valueOf(await codec.decode(result, step('3')))).toEqual({ id: 'submitted' });
  await expect(codec.decode(result, step('4'))).rejects.toMatchObject({ refusal: 'another-place' });
  expect(valueOf(await codec.decode(result, workflow))).toEqual({ 'sagaline.refused': 'another-place' });
  const signal = await codec.encode([plain], workflow);
  await expect(codec.decode(signal, step('3'))).rejects.toMatchObject({ refusal: 'another-place' });
});

test('it opens nothing of another namespace, and the namespace is the deployment’s: a replay has none', async () => {
  const file = secretFile(one);
  const of = (namespace: string) => createPayloadCodec(openKeyFile(file), { namespace, plaintext: 'refuse' });
  const sealed = await of('shop').encode([plain], workflow);
  expect(valueOf(await of('shop').decode(sealed, { ...workflow, namespace: 'replay' }))).toEqual({
    id: 'submitted',
  });
  expect(valueOf(await of('staging').decode(sealed, workflow))).toEqual({
    'sagaline.refused': 'another-place',
  });
});

describe('a payload in clear', () => {
  test('is read while encryption is introduced', async () => {
    expect(await codecOf([one], 'read').decode([plain], activity)).toEqual([plain]);
  });

  test('is replaced where encryption is required, and an error from an activity', async () => {
    const codec = codecOf([one]);
    expect(valueOf(await codec.decode([plain], workflow))).toEqual({ 'sagaline.refused': 'unsealed' });
    expect(valueOf(await codec.decode([plain]))).toEqual({ 'sagaline.refused': 'unsealed' });
    await expect(codec.decode([plain], activity)).rejects.toMatchObject({
      refusal: 'unsealed',
      message: expect.stringContaining('PAYLOAD_ENCRYPTION') as string,
    });
  });
});

describe.each(['read', 'refuse'] as const)('with payloads in clear: %s', (plaintext) => {
  test('a changed payload is replaced, and an error from an activity', async () => {
    const codec = codecOf([one], plaintext);
    const [{ metadata = null, data } = {}] = await codec.encode([plain], workflow);
    const changed = Buffer.from(data ?? []);
    changed[20] = (changed[20] ?? 0) ^ 1;
    expect(valueOf(await codec.decode([{ metadata, data: changed }], workflow))).toEqual({
      'sagaline.refused': 'tampered',
    });
    await expect(codec.decode([{ metadata, data: changed }], activity)).rejects.toMatchObject({
      refusal: 'tampered',
    });
  });

  test('so is one of another workflow', async () => {
    const codec = codecOf([one], plaintext);
    const sealed = await codec.encode([plain], { ...workflow, workflowId: 'order-2' });
    expect(valueOf(await codec.decode(sealed, workflow))).toEqual({ 'sagaline.refused': 'another-place' });
  });

  test('and one with a made-up key', async () => {
    const sealed = await codecOf([strange], plaintext).encode([plain], workflow);
    expect(valueOf(await codecOf([one], plaintext).decode(sealed, workflow))).toEqual({
      'sagaline.refused': 'unknown-key',
    });
  });

  test('and one whose made-up key id is longer than any, with a voucher', async () => {
    const metadata = {
      encoding: Buffer.from('binary/encrypted'),
      'encryption-key-id': Buffer.from('x'.repeat(1_100)),
      'encryption-key-vouchers': Buffer.from(`one:${Buffer.alloc(16).toString('base64url')}`),
    };
    expect(valueOf(await codecOf([one], plaintext).decode([{ metadata }], workflow))).toEqual({
      'sagaline.refused': 'unknown-key',
    });
  });

  test('a new key of ours that this process lacks is an error, until the file has it', async () => {
    const sealed = await codecOf([two, one], plaintext).encode([plain], workflow);
    const behind = codecOf([one], plaintext);
    await expect(behind.decode(sealed, workflow)).rejects.toMatchObject({
      refusal: 'unknown-key',
      message: 'PAYLOAD_KEYS_FILE lacks the key "two", which another process has; add it',
    });
    behind.rewrite(one, two);
    expect(valueOf(await behind.decode(sealed, workflow))).toEqual({ id: 'submitted' });
  });
});
