import { readFileSync } from 'node:fs';
import type { Attack, Outcome } from '../attack';
import { outcomeOf } from '../attack';
import { EVIL_ORIGIN } from '../off/codec';
import type { Target } from '../target';

const BODY = JSON.stringify({
  payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: Buffer.from('"x"').toString('base64') }],
});
const GUESS = 'a-token-that-somebody-has-guessed-0123456789';

function readersToken({ local }: Target): string {
  const file = local.secured?.settings['CODEC_SERVER_TOKEN_FILE'];
  return file === undefined ? GUESS : readFileSync(file, 'utf8').trim();
}

async function ask({ codec }: Target, path: string, token?: string): Promise<Outcome> {
  const { status } = await fetch(`http://127.0.0.1:${codec}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: BODY,
  });
  return outcomeOf(status === 200);
}

export const codec: readonly Attack[] = [
  {
    threat: 'a stranger has histories decrypted',
    control: 'tokens of the codec server',
    attack: (target) => ask(target, '/decode'),
  },
  {
    threat: 'a guessed token of the codec server',
    control: 'tokens of the codec server',
    attack: (target) => ask(target, '/decode', GUESS),
  },
  {
    threat: 'who may read makes a payload that workflows take',
    control: 'encoding needs a token of its own',
    attack: (target) => ask(target, '/workflows/order-1/encode', readersToken(target)),
  },
  {
    threat: "another site's page asks the codec server",
    control: 'CORS for the configured origins',
    attack: async ({ codec: port }) => {
      const answer = await fetch(`http://127.0.0.1:${port}/decode`, {
        method: 'OPTIONS',
        headers: { origin: EVIL_ORIGIN, 'access-control-request-method': 'POST' },
      });
      return outcomeOf(answer.headers.get('access-control-allow-origin') === EVIL_ORIGIN);
    },
  },
];
