// One event has one identity, in whatever mode and by whatever SDK it was sent.
import { createCatalogue, decodeEvent, identityOf } from '../../../../src/contracts';
import { binary, structured } from '../../../support/fakes/messages';
import { pingDomain } from '../../../support/ping/domain';

const catalogue = createCatalogue([pingDomain]);

function identityIn(message: Parameters<typeof decodeEvent>[0]): string {
  const decoding = decodeEvent(message, catalogue);
  if (!decoding.ok) throw new Error(decoding.rejection.detail);
  return identityOf(decoding.event);
}

test.each([
  ['/shop', 'order-1'],
  ['https://shop.example/a%20b?x=1%2F2', '100%'],
  ['/caf%C3%A9', '50%25'],
  ['urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66', 'a b'],
  ['/50%', 'ünï'],
])('source %s, id %s', (source, id) => {
  const encoded = (text: string) => encodeURIComponent(text);
  const all = [
    structured({ source, id }),
    // As the specification wants it, and as the SDKs for Go, Java and JavaScript do it.
    binary({ 'ce-source': encoded(source), 'ce-id': encoded(id) }),
    binary({ 'ce-source': source, 'ce-id': id }),
    binary({ 'ce-source': `"${source}"`, 'ce-id': `"${id}"` }),
  ];
  expect(new Set(all.map(identityIn)).size).toBe(1);
});

test('a space in a source does not make two events one', () => {
  expect(identityOf({ source: '/a%20b', id: 'c' })).not.toBe(identityOf({ source: '/a', id: 'b c' }));
});
