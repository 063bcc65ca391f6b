/** Events of every kind that the bridge cannot apply, as careless or hostile publishers send them. */
import type { NatsConnection } from 'nats';
import { headers } from 'nats';
import { MAX_EVENT_BYTES, STRUCTURED_CONTENT_TYPE } from '../../../src/contracts';
import { NOTED } from './names';

const DEEP = 10_000;

export interface RawMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The event that the messages imitate. Its data needs only the key, under this name. */
export interface Victim {
  readonly type: string;
  readonly keyName: string;
  /** Another event of the same domain, such as `journals.aside.v1`. */
  readonly otherFact: string;
}

const JOURNAL: Victim = { type: NOTED, keyName: 'journalId', otherFact: 'journals.aside.v1' };

interface Pretence extends Victim {
  readonly key: string;
  readonly id: string;
}

type Kind = (of: Pretence) => Partial<RawMessage> & Pick<RawMessage, 'body'>;

const envelope = ({ key, id, type, keyName }: Pretence, changes: object = {}, data: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/test/hostile',
    type,
    data: { [keyName]: key, ...data },
    ...changes,
  });

const KINDS: readonly Kind[] = [
  () => ({ body: 'order 17, please' }),
  () => ({ body: '' }),
  (of) => ({ body: envelope(of).slice(0, -9) }),
  () => ({ body: Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d) }),
  (of) => ({ body: envelope(of, {}, { more: 'x'.repeat(MAX_EVENT_BYTES) }) }),
  () => ({ body: '[1,2,3]' }),
  (of) => ({ body: envelope(of, { id: undefined }) }),
  (of) => ({ body: envelope(of, { specversion: '0.3' }) }),
  (of) => ({ body: envelope(of, { type: of.type.replace(/[^.]+\.v1$/, 'nothing.v1') }) }),
  (of) => ({ body: envelope(of, { type: of.type.replace(/v1$/, 'v9') }) }),
  (of) => ({ body: envelope(of, {}, { fatal: 'yes' }) }),
  (of) => ({ body: envelope(of, {}, { colour: 'red' }) }),
  (of) => ({ body: envelope({ ...of, key: 'somebody-else' }) }),
  (of) => ({ body: envelope(of, { correlationid: 'another' }) }),
  (of) => ({ body: envelope(of, { constructor: { prototype: { a: 1 } } }) }),
  (of) => ({
    body: envelope(of).replace('"data":', `"deep":${'['.repeat(DEEP)}${']'.repeat(DEEP)},"data":`),
  }),
  () => ({ body: `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}` }),
  (of) => ({ body: envelope(of), headers: { 'Content-Type': 'text/xml' } }),
  () => ({
    body: '{}',
    headers: { 'ce-specversion': '1.0', 'ce-id': '%E0%A4%A', 'ce-type': '', 'ce-source': ' ' },
  }),
  (of) => ({ body: envelope(of), subject: `evt.${of.otherFact}.${of.key}` }),
];

export const HOSTILE_KINDS = KINDS.length;

/** @param index selects the kinds in turn */
export function hostileMessage(key: string, index: number, victim: Victim = JOURNAL): RawMessage {
  const message = KINDS[index % KINDS.length]?.({ ...victim, key, id: `hostile-${key}` }) ?? { body: '' };
  return {
    subject: `evt.${victim.type.split('.').slice(-3).join('.')}.${key}`,
    headers: { 'Content-Type': STRUCTURED_CONTENT_TYPE },
    ...message,
  };
}

const WINDOW = 200;

/** @returns stream sequences, in the order of the messages */
export async function publishRaw(
  connection: NatsConnection,
  messages: readonly RawMessage[],
): Promise<number[]> {
  const jetstream = connection.jetstream();
  const sequences: number[] = [];
  for (let from = 0; from < messages.length; from += WINDOW) {
    const receipts = await Promise.all(
      messages.slice(from, from + WINDOW).map(({ subject, body, headers: own }) => {
        const head = headers();
        for (const [name, value] of Object.entries(own)) head.set(name, value);
        return jetstream.publish(subject, typeof body === 'string' ? Buffer.from(body) : body, {
          headers: head,
        });
      }),
    );
    sequences.push(...receipts.map(({ seq }) => seq));
  }
  return sequences;
}
