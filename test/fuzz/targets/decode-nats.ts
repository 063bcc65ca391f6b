import type { IncomingMessage, PublishedMessage } from '../../../src/contracts';
import {
  createCatalogue,
  deadLetterHeaders,
  deadLetterSubject,
  decodePublished,
  fromHeaderText,
  redriveIn,
  routeAskedIn,
} from '../../../src/contracts';
import { routesFor } from '../../../src/bridge/bridge';
import { binary, structured } from '../../support/fakes/messages';
import { pingDomain } from '../../support/ping/domain';
import type { Target } from './target';
import { ensure, inputOf, partsIn } from './target';

const catalogue = createCatalogue([pingDomain]);
const SUBJECT = 'evt.pings.pinged.v2.p-1';
const HEADER = /^[\x20-\x7e]*$/;

/** A message of the stream: it has routes, or becomes a dead letter whose subject and headers NATS takes. */
export const decodeNats: Target = {
  seeds: seeds().map(({ subject, headers, body, redriven = {} }) =>
    inputOf({ subject, ...headers, ...redriven }, body),
  ),
  run: (input) => {
    const message = messageIn(input);
    const redrive = redriveIn(message.headers);
    const decoding = decodePublished(message, catalogue);
    if (decoding.ok) {
      ensure(decoding.event.redrive === redrive, 'the redrive of an event is that of its headers');
      const routed = routesFor(decoding.event, message.headers, catalogue);
      if (routed.ok) ensure(routed.routes.length <= catalogue.routes.length, 'an event takes known routes');
      return;
    }
    const { rejection } = decoding;
    const route = routeAskedIn(message.headers);
    const details = { rejection, subject: message.subject, deadLetteredAt: new Date(0), route };
    ensure(/^dlq(\.[A-Za-z0-9_-]{1,64}){3}$/.test(deadLetterSubject(details)), 'a dead letter has a subject');
    for (const text of Object.values(deadLetterHeaders(details))) {
      ensure(HEADER.test(text) && text.length <= 1_024, 'a dead letter has headers that NATS takes');
      fromHeaderText(text);
    }
  },
};

/** The header `subject` is the subject; the others are those of the message, repeated ones too. */
function messageIn(input: Buffer): PublishedMessage {
  const { head, body } = partsIn(input);
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < head.length; at += 2) {
    const [name = '', value = ''] = head.slice(at, at + 2);
    headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  const [subject = ''] = headers.get('subject') ?? [];
  headers.delete('subject');
  return { subject, headers: Object.fromEntries(headers), body };
}

function seeds(): ({ subject: string; redriven?: Record<string, string> } & IncomingMessage)[] {
  return [
    { subject: SUBJECT, ...structured() },
    { subject: 'evt.pings.pinged.v1.p-1', ...binary({ 'ce-type': 'dev.test.pings.pinged.v1' }) },
    { subject: 'evt.*.>.ä.', ...structured() },
    {
      subject: SUBJECT,
      ...structured(),
      redriven: { 'Sagaline-Redrive': '7:1', 'Sagaline-Route': 'p%69nged%' },
    },
  ];
}
