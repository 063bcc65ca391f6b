import { isDeepStrictEqual } from 'node:util';
import { InvalidConfigError } from '../../../src/contracts';
import { parseKeyRing } from '../../../src/security/codec/key-ring';
import { createPayloadCodec, PayloadRefusedError } from '../../../src/security/codec/payload-codec';
import type { Payload } from '../../../src/security/codec/seal';
import { open, seal } from '../../../src/security/codec/seal';
import type { Target } from './target';
import { ensure, inputOf, partsIn } from './target';

const KEYS = ['b', 'a'].map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`);
/** With one key more than the ring has: as another process seals that already has a new key. */
const newer = parseKeyRing(['new:' + Buffer.alloc(32, 'n').toString('base64'), ...KEYS].join('\n'));
const ring = parseKeyRing(KEYS.join('\n'));
const codec = createPayloadCodec(
  { current: () => ring, newest: () => ring },
  {
    namespace: 'default',
    plaintext: 'refuse',
  },
);
const clear = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"a":1}') };
const context = { type: 'workflow', namespace: 'default', workflowId: 'w-1' } as const;
const place = { namespace: 'default', workflowId: 'w-1', purpose: 'workflow' };
const sealed = [
  seal(clear, ring, { namespace: 'default' }),
  seal(clear, ring, place),
  seal(clear, newer, place),
];

/** A voucher for a key id that is longer than any. */
const madeUp = {
  ...clear,
  metadata: {
    encoding: Buffer.from('binary/encrypted'),
    'encryption-key-id': Buffer.from('x'.repeat(1_100)),
    'encryption-key-vouchers': Buffer.from(`a:${Buffer.alloc(16).toString('base64url')}`),
  },
};

/** A payload of a stranger: what was not sealed is not opened, and only a missing key of ours is an error. */
export const payloads: Target = {
  seeds: [...[...sealed, madeUp].map(inputOfPayload), inputOfPayload(clear), Buffer.from(KEYS.join('\n'))],
  run: async (input) => {
    const payload = payloadIn(input);
    const opened = open(payload, ring, place);
    ensure(opened.kind !== 'opened' || isSealed(payload), 'what nobody has sealed is not opened');
    try {
      await codec.decode([payload], context);
    } catch (error) {
      ensure(error instanceof PayloadRefusedError, 'a payload is refused by a PayloadRefusedError');
      ensure(opened.kind === 'unknown-key' && opened.vouched, 'only an owner of a key makes a workflow wait');
    }
    const again = open(seal(payload, ring, place), ring, place);
    ensure(again.kind === 'opened', 'what was sealed is opened');
    ensure(isDeepStrictEqual(textOf(again.payload), textOf(payload)), 'it is what it was');
    try {
      parseKeyRing(input.toString('utf8'));
    } catch (error) {
      ensure(error instanceof InvalidConfigError, 'a key ring is refused by an InvalidConfigError');
    }
  },
};

/** Metadata as headers, data as the body. */
export function inputOfPayload({ metadata, data }: Payload): Buffer {
  const text = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString('latin1'),
  ]);
  return inputOf(Object.fromEntries(text) as Record<string, string>, data ?? '');
}

function payloadIn(input: Buffer): Payload {
  const { head, body } = partsIn(input);
  const metadata: Record<string, Uint8Array> = {};
  for (let at = 0; at + 1 < head.length; at += 2)
    Object.defineProperty(metadata, head[at] ?? '', {
      ...{ value: Buffer.from(head[at + 1] ?? '', 'latin1'), enumerable: true, configurable: true },
    });
  return { metadata, data: body };
}

/** Metadata that is not authenticated may be anything. */
function isSealed({ data }: Payload): boolean {
  return sealed.some((known) => Buffer.from(known.data ?? []).equals(Buffer.from(data ?? [])));
}

function textOf({ metadata, data }: Payload): unknown {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString('hex'),
  ]);
  return [entries.sort(), Buffer.from(data ?? []).toString('hex')];
}
