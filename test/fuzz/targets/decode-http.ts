import { isDeepStrictEqual } from 'node:util';
import {
  createCatalogue,
  decodeEvent,
  identityIn,
  isExpired,
  outgoing,
  publisherProblem,
  splitBatch,
} from '../../../src/contracts';
import { bodyOf, problemOf } from '../../../src/gateway/problem';
import { headersOf } from '../../../src/gateway/server/request';
import { binary, bytesOf, envelope, structured } from '../../support/fakes/messages';
import { pingDomain } from '../../support/ping/domain';
import type { Target } from './target';
import { ensure, inputOf, partsIn } from './target';

const catalogue = createCatalogue([pingDomain]);
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/u;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const extensions = { expirytime: '2027-01-01T23:59:60Z', traceparent, subject: 'p-1', tenant: 'ä%20"' };

/** A request of `POST /events`: an event is published as it was read, and a refusal is one line with a known reason. */
export const decodeHttp: Target = {
  seeds: [
    structured(),
    structured({ ...extensions, correlationid: 'p-1', time: '2026-01-01T10:00:00+16:00' }),
    structured({ data: undefined, data_base64: Buffer.from('{"pingId":"p-1"}').toString('base64') }),
    structured({ data: { pingId: 'p-1', urgency: 99, __note: 1 } }),
    binary(Object.fromEntries(Object.entries(extensions).map(([name, text]) => [`ce-${name}`, text]))),
    binary({ 'content-type': 'text/plain', 'ce-id': '"quoted \\" %C3%A4"' }),
    {
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: bytesOf([envelope(), envelope({ id: 2 }), [[]], '"']),
    },
  ].map(({ headers, body }) => inputOf(headers, body)),
  run: (input) => {
    const { head, body } = partsIn(input);
    const reading = headersOf(head);
    if ('rejection' in reading) {
      checkProblem(reading.rejection);
      return;
    }
    const message = { headers: reading.headers, body };
    identityIn(message);
    for (const item of splitBatch(body) ?? []) check({ headers: {}, body: item });
    check(message);
  },
};

function check(message: Parameters<typeof decodeEvent>[0]): void {
  const decoding = decodeEvent(message, catalogue);
  if (!decoding.ok) {
    checkProblem(decoding.rejection);
    return;
  }
  const { event, published } = decoding;
  isExpired(event, 0);
  const problem = publisherProblem(event, published);
  if (problem) checkProblem(problem);
  const again = decodeEvent({ headers: {}, body: outgoing(event).body }, catalogue);
  ensure(again.ok, `an event that was read can be read again: ${JSON.stringify(event)}`);
  ensure(
    isDeepStrictEqual(withoutAbsent(again.event), withoutAbsent(event)),
    'an event stays as it was read',
  );
}

const withoutAbsent = (event: object): unknown => JSON.parse(JSON.stringify(event));

function checkProblem(rejection: Parameters<typeof problemOf>[0]): void {
  const { detail, path = '' } = bodyOf(problemOf(rejection)) as { detail: string; path?: string };
  ensure(!CONTROL.test(detail) && !CONTROL.test(path), 'a refusal is one visible line');
}
