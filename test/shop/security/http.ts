/** Requests of the attackers. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { STRUCTURED_CONTENT_TYPE } from '../../../src/contracts';
import type { EventContract } from '../../../src/contracts';
import type { Outcome } from './attack';
import { outcomeOf } from './attack';

/** A CloudEvent, as the body of `POST /events`. */
export function eventOf(
  { type, example }: EventContract,
  { source = '/web-shop', data = {} }: { source?: string; data?: object } = {},
): string {
  const content = { ...(example as object), ...data };
  return JSON.stringify({ specversion: '1.0', id: randomUUID(), source, type, data: content });
}

const ACCEPTED = [201, 202];

/** Posts, and is through when the answer says that the event is stored. */
export async function post(
  port: number,
  path: string,
  { body, token, headers = {} }: { body: string; token?: string; headers?: Record<string, string> },
): Promise<Outcome> {
  const { status } = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': path === '/events' ? STRUCTURED_CONTENT_TYPE : 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  return outcomeOf(ACCEPTED.includes(status));
}

/** Half a second between the gateway's checks, and what a busy machine adds. */
const CUT_WITHIN_MS = 13_000;
const TRICKLE_EVERY_MS = 250;
const ANSWER_WITHIN_MS = 5_000;

/** Sends bytes as they are; through when the answer says that an event is stored. */
export async function sendRaw(port: number, text: string): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      answer += String(chunk);
      resolve();
    });
    socket.on('close', () => resolve()).on('error', () => resolve());
    setTimeout(resolve, ANSWER_WITHIN_MS).unref();
  });
  socket.write(text);
  await answered;
  socket.destroy();
  return outcomeOf(/^HTTP\/1\.1 20[12] /m.test(answer));
}

/** Sends a text, then a little now and then; through when the connection is still open after the time-out. */
export async function trickle(port: number, text: string, drop: string): Promise<Outcome> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  await once(socket, 'connect');
  socket.write(text);
  const trickling = setInterval(() => socket.writable && socket.write(drop), TRICKLE_EVERY_MS);
  const closed = once(socket, 'close').then(() => 'refused' as const);
  const open = new Promise<'through'>((resolve) => {
    setTimeout(() => resolve('through'), CUT_WITHIN_MS).unref();
  });
  try {
    return await Promise.race([closed, open]);
  } finally {
    clearInterval(trickling);
    socket.destroy();
  }
}
