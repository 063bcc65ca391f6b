/** Takes commands for the running local stack, from `sagaline scale`. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { errorMessage } from '../../contracts';
import { removeControlFile, writeControlFile } from './control-file';
import type { RoleCounts } from './role-groups';
import { LOOPBACK } from './role-groups';
import { isScalable, MOST_PROCESSES, nameOf } from './role-names';

export interface Control {
  close(): Promise<void>;
}

export interface Controlled {
  /** Number of processes of each role; `undefined` while all are restarted. */
  counts(): RoleCounts | undefined;
  scale(wanted: RoleCounts): Promise<void>;
}

/** What the control answers. */
export type ControlAnswer =
  | {
      readonly kind: 'scaled';
      readonly roles: readonly { readonly role: string; readonly before: number; readonly now: number }[];
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

const TOKEN_BYTES = 32;
const OK = 200;
const UNAUTHORIZED = 401;

const wanted = z.record(z.string(), z.int().min(1).max(MOST_PROCESSES));

/** Listens on a free port of loopback. The address, with a token, is in a file of the data folder that only its owner reads. */
export async function serveControl(dataDir: string, controlled: Controlled): Promise<Control> {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const server = createServer((request, response) => {
    void answerTo(request, token, controlled).then((answer) => reply(response, answer));
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  writeControlFile(dataDir, { url: `http://${LOOPBACK}:${port}/scale`, token });
  return {
    close: async () => {
      removeControlFile(dataDir);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answerTo(
  request: IncomingMessage,
  token: string,
  controlled: Controlled,
): Promise<ControlAnswer | undefined> {
  if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) return undefined;
  try {
    const asked = wanted.safeParse(await json(request));
    if (!asked.success) return refused('usage', 'it must be numbers of processes by role');
    return await scale(asked.data, controlled);
  } catch (error) {
    return refused('not-scaled', errorMessage(error));
  }
}

async function scale(asked: RoleCounts, controlled: Controlled): Promise<ControlAnswer> {
  const before = controlled.counts();
  if (before === undefined)
    return refused('restarting', 'the processes are being restarted: scale them again in a moment');
  const scalable = Object.keys(before).filter(isScalable);
  const unknown = Object.keys(asked).find((role) => !scalable.includes(role));
  if (unknown !== undefined)
    return refused(
      'unknown-pool',
      `there is no pool "${nameOf(unknown)}" here; there are ${scalable.map(nameOf).join(', ')}`,
    );
  await controlled.scale(asked);
  return {
    kind: 'scaled',
    roles: Object.entries(asked).map(([role, now]) => ({ role, before: before[role] ?? 0, now })),
  };
}

function refused(code: string, message: string): ControlAnswer {
  return { kind: 'refused', code, message };
}

/** Takes the same time for every wrong token. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function reply(response: ServerResponse, answer: ControlAnswer | undefined): void {
  response.writeHead(answer === undefined ? UNAUTHORIZED : OK, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? {}));
}
