/** Events of every kind that the bridge cannot apply, as they come from careless or hostile publishers. */
import type { NatsConnection } from 'nats';
import { headers } from 'nats';
import { MAX_EVENT_BYTES, STRUCTURED_CONTENT_TYPE } from '../../../src/contracts';

const DEEP = 10_000;

export interface RawMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Kind = (key: string) => Partial<RawMessage> & Pick<RawMessage, 'body'>;

const envelope = (key: string, changes: object = {}, data: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: `hostile-${key}`,
    source: '/test/hostile',
    type: 'test.sagaline.journals.noted.v1',
    data: { journalId: key, ...data },
    ...changes,
  });

const KINDS: readonly Kind[] = [
  () => ({ body: 'order 17, please' }),
  () => ({ body: '' }),
  (key) => ({ body: envelope(key).slice(0, -9) }),
  () => ({ body: Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d) }),
  (key) => ({ body: envelope(key, {}, { more: 'x'.repeat(MAX_EVENT_BYTES) }) }),
  () => ({ body: '[1,2,3]' }),
  (key) => ({ body: envelope(key, { id: undefined }) }),
  (key) => ({ body: envelope(key, { specversion: '0.3' }) }),
  (key) => ({ body: envelope(key, { type: 'test.sagaline.journals.nothing.v1' }) }),
  (key) => ({ body: envelope(key, { type: 'test.sagaline.journals.noted.v9' }) }),
  (key) => ({ body: envelope(key, {}, { fatal: 'yes' }) }),
  (key) => ({ body: envelope(key, {}, { colour: 'red' }) }),
  () => ({ body: envelope('somebody-else') }),
  (key) => ({ body: envelope(key, { correlationid: 'another' }) }),
  (key) => ({ body: envelope(key, { constructor: { prototype: { a: 1 } } }) }),
  (key) => ({
    body: envelope(key).replace('"data":', `"deep":${'['.repeat(DEEP)}${']'.repeat(DEEP)},"data":`),
  }),
  () => ({ body: `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}` }),
  (key) => ({ body: envelope(key), headers: { 'Content-Type': 'text/xml' } }),
  () => ({
    body: '{}',
    headers: { 'ce-specversion': '1.0', 'ce-id': '%E0%A4%A', 'ce-type': '', 'ce-source': ' ' },
  }),
  (key) => ({ body: envelope(key), subject: `evt.journals.aside.v1.${key}` }),
];

export const HOSTILE_KINDS = KINDS.length;

/** @param index goes through the kinds in turn */
export function hostileMessage(key: string, index: number): RawMessage {
  const message = KINDS[index % KINDS.length]?.(key) ?? { body: '' };
  return {
    subject: `evt.journals.noted.v1.${key}`,
    headers: { 'Content-Type': STRUCTURED_CONTENT_TYPE },
    ...message,
  };
}

const WINDOW = 200;

export async function publishRaw(connection: NatsConnection, messages: readonly RawMessage[]): Promise<void> {
  const jetstream = connection.jetstream();
  for (let from = 0; from < messages.length; from += WINDOW) {
    await Promise.all(
      messages.slice(from, from + WINDOW).map(({ subject, body, headers: own }) => {
        const head = headers();
        for (const [name, value] of Object.entries(own)) head.set(name, value);
        return jetstream.publish(subject, typeof body === 'string' ? Buffer.from(body) : body, {
          headers: head,
        });
      }),
    );
  }
}
