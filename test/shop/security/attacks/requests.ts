import { articleViewed } from '../../../../domains/shop/events';
import { STRUCTURED_CONTENT_TYPE } from '../../../../src/contracts';
import type { Attack } from '../attack';
import { eventOf, sendRaw, trickle } from '../http';

const TYPE = `Content-Type: ${STRUCTURED_CONTENT_TYPE}\r\n`;
const HOST = 'Host: gateway\r\n';
const HEAD = `POST /events HTTP/1.1\r\n${HOST}${TYPE}`;

const SLOW = 'headers and body have ten seconds';
const STRICT = 'the HTTP parser is strict';
const EXACT = 'a path is what it says, and needs a token';
const IGNORED = 'headers of proxies mean nothing';

/** A whole request for an event, without a token. */
function request(path: string, { method = 'POST', headers = '' } = {}): string {
  const body = eventOf(articleViewed);
  return `${method} ${path} HTTP/1.1\r\n${HOST}${TYPE}${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const raw = (threat: string, control: string, text: () => string): Attack => ({
  threat,
  control,
  attack: ({ front }) => sendRaw(front, text()),
});

export const requests: readonly Attack[] = [
  {
    threat: 'headers that trickle in hold a connection',
    control: SLOW,
    isSlow: true,
    attack: ({ front }) => trickle(front, HEAD, 'X-Header: 1\r\n'),
  },
  {
    threat: 'a body that trickles in holds a connection',
    control: SLOW,
    isSlow: true,
    attack: ({ front }) => trickle(front, `${HEAD}Content-Length: 100000\r\n\r\n{`, ' '),
  },
  raw('headers of 64 KiB', 'headers have 16 KiB', () =>
    request('/events', { headers: `X-Header: ${'a'.repeat(65_536)}\r\n` }),
  ),
  raw('a length and chunks: request smuggling', STRICT, () => {
    const body = eventOf(articleViewed);
    const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    return `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`;
  }),
  raw('a control character in a header', STRICT, () =>
    request('/events', { headers: 'X-Header: a\x01b\r\n' }),
  ),
  raw('a path with ..', EXACT, () => request('/livez/../events')),
  raw('a path through the webhooks, which need no token', EXACT, () => request('/webhooks/../events')),
  raw('encoded slashes', EXACT, () => request('/webhooks/..%2Fevents')),
  raw('repeated slashes', EXACT, () => request('//events')),
  raw('encoded letters', EXACT, () => request('/%65vents')),
  raw('capital letters', EXACT, () => request('/EVENTS')),
  raw('a path parameter', EXACT, () => request('/events;public')),
  raw('an absolute address of another host', EXACT, () => request('http://127.0.0.1/events')),
  raw('X-Original-URL', IGNORED, () => request('/livez', { headers: 'X-Original-URL: /events\r\n' })),
  raw('X-HTTP-Method-Override', IGNORED, () =>
    request('/events', { method: 'PUT', headers: 'X-HTTP-Method-Override: POST\r\n' }),
  ),
  raw('X-Forwarded-For says that it comes from this machine', IGNORED, () =>
    request('/events', { headers: 'X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: localhost\r\n' }),
  ),
  raw('two Authorization headers', 'one token', () =>
    request('/events', { headers: 'Authorization: Bearer a\r\nAuthorization: Bearer b\r\n' }),
  ),
  raw('another scheme with the words of a token', 'only Bearer', () =>
    request('/events', { headers: 'Authorization: Basic c2FnYWxpbmU6c2FnYWxpbmU=\r\n' }),
  ),
];
