import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { SignedRequest, VerifyWebhook } from '../../../src/contracts';
import {
  defineWebhook,
  newEvent,
  notification,
  readJson,
  RepeatedEventIdError,
} from '../../../src/contracts';
import {
  adyenSignature,
  bodyHmac,
  githubSignature,
  headerHmac,
  standardWebhooks,
  stripeSignature,
} from '../../../src/security';
import { pinged } from '../../support/ping/domain';
import type { Target } from './target';
import { ensure, inputOf, partsIn } from './target';

const NOW = new Date('2026-01-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const SECRET = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
/** Not the secret of any seed: nothing may be signed with it. */
const OTHER = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const VERIFY: Readonly<Record<string, VerifyWebhook>> = {
  adyen: adyenSignature(),
  github: githubSignature(),
  shopify: headerHmac({ header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
  standard: standardWebhooks(),
  stripe: stripeSignature(),
  own: bodyHmac({
    ...{ signature: 'sign', encoding: 'hex', fields: ['id', 'a.b'], separator: '|', secretEncoding: 'utf8' },
  }),
};

const body = z.object({ id: z.string(), device: z.string() });
const webhooks = (['items', undefined] as const).map((each) =>
  defineWebhook({
    ...{ provider: 'monitoring', verify: stripeSignature(), type: 'event', ...(each && { each }) },
    notifications: {
      hot: notification(body, ({ id, device }) =>
        newEvent(pinged, { id, data: { pingId: device, urgency: 1 } }),
      ),
    },
  }),
);

/** A webhook call: with a secret that nobody has signed with, it is refused whatever it is. */
export const webhookCalls: Target = {
  seeds: seeds(),
  run: (input) => {
    const request = requestIn(input);
    for (const [name, verify] of Object.entries(VERIFY)) {
      const verified = verify(request, [SECRET], NOW);
      ensure(verified.ok || verified.reason !== '', 'a refusal has a reason');
      ensure(!verify(request, [OTHER], NOW).ok, `nothing is signed with another secret (${name})`);
      ensure(!verify(request, [], NOW).ok, `without a secret nothing is signed (${name})`);
    }
    const json = readJson(request.body);
    if (!json.ok) return;
    for (const webhook of webhooks) {
      try {
        webhook.read({ body: json.value, headers: request.headers });
      } catch (error) {
        if (!(error instanceof RepeatedEventIdError)) throw error;
      }
    }
  },
};

/** The kinds of signatures that take an input with the secret of the seeds. */
export function takenBy(input: Buffer): string[] {
  return Object.entries(VERIFY).flatMap(([name, verify]) =>
    verify(requestIn(input), [SECRET], NOW).ok ? [name] : [],
  );
}

function requestIn(input: Buffer): SignedRequest {
  const { head, body: bytes } = partsIn(input);
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < head.length; at += 2)
    headers[(head[at] ?? '').toLowerCase()] = head[at + 1] ?? '';
  return { headers, body: bytes };
}

/** One call of each kind, in the order of their names. */
function seeds(): Buffer[] {
  const mac = (text: string, encoding: 'hex' | 'base64', key: string | Buffer = SECRET) =>
    createHmac('sha256', key).update(text).digest(encoding);
  const json = JSON.stringify({ event: 'hot', id: 'e-1', device: 'p-1' });
  const list = JSON.stringify({ items: [{ event: 'hot', id: 'e-1', device: 'p-1' }, { event: 7 }, null] });
  const item = { pspReference: '7', amount: { value: 1_130, currency: 'EUR' }, success: 'true' };
  const signed = ['7', '', '', '', '1130', 'EUR', '', 'true'].join(':');
  const hmacSignature = mac(signed, 'base64', Buffer.from(SECRET, 'hex'));
  const adyen = {
    notificationItems: [{ NotificationRequestItem: { ...item, additionalData: { hmacSignature } } }],
  };
  const standard = mac(`m-1.${SECONDS}.${json}`, 'base64', Buffer.from(SECRET, 'base64'));
  return [
    inputOf({}, JSON.stringify(adyen)),
    inputOf({ 'x-hub-signature-256': `sha256=${mac(json, 'hex')}` }, json),
    inputOf({ 'x-shopify-hmac-sha256': mac(list, 'base64') }, list),
    inputOf(
      {
        'webhook-id': 'm-1',
        'webhook-timestamp': String(SECONDS),
        'webhook-signature': `v1a,A v1,${standard}`,
      },
      json,
    ),
    inputOf({ 'stripe-signature': `t=${SECONDS},v1=00,v1=${mac(`${SECONDS}.${json}`, 'hex')}` }, json),
    inputOf({}, JSON.stringify({ id: 'i', a: { b: true }, sign: mac('i|true', 'hex') })),
  ];
}
