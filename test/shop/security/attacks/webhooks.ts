import { readFileSync } from 'node:fs';
import { newOrderId } from '../../../../demo/orders';
import { sandboxPresets } from '../../../../domains/shop/sandbox/role';
import { parcelNotification, paymentNotification, signed, unixNow } from '../../../support/webhooks';
import type { Attack } from '../attack';
import { post } from '../http';
import type { Target } from '../target';

/** The secret of a provider, as the sandbox has it. */
function secretOf({ local }: Target, provider: 'PAYMENT_PROVIDER' | 'CARRIER'): string {
  const setting = `PROVIDER_${provider}_WEBHOOK_SECRET`;
  const file = local.secured?.settings[`${setting}_FILE`];
  return file === undefined ? (sandboxPresets({})[setting] ?? '') : readFileSync(file, 'utf8');
}

const paid = () => paymentNotification(newOrderId('webhook'), 'pay_1', 'payment.authorized');
const lost = () => parcelNotification(newOrderId('webhook'), 'shp_1', 'shipment.lost');
const SIGNATURE = 'the signature of a webhook';
/** More than the five minutes within which a signature is taken. */
const AN_HOUR_S = 3_600;

const sent = (
  port: number,
  provider: string,
  { body, signature }: { readonly body: string; readonly signature?: string },
) =>
  post(port, `/webhooks/${provider}`, {
    body,
    headers: signature === undefined ? {} : { 'webhook-signature': signature },
  });

export const webhooks: readonly Attack[] = [
  {
    threat: 'a webhook signed with the secret that the sandbox has in every repository',
    control: 'random secrets',
    attack: ({ gatewayPort }) => {
      const known = sandboxPresets({})['PROVIDER_CARRIER_WEBHOOK_SECRET'] ?? '';
      const body = lost();
      return sent(gatewayPort, 'carrier', { body, signature: signed(body, known) });
    },
  },
  {
    threat: 'a webhook without a signature',
    control: SIGNATURE,
    attack: ({ checking }) => sent(checking, 'carrier', { body: lost() }),
  },
  {
    threat: 'a webhook that was changed after it was signed',
    control: SIGNATURE,
    attack: (target) => {
      const [before, after] = [lost(), lost()];
      return sent(target.checking, 'carrier', {
        body: after,
        signature: signed(before, secretOf(target, 'CARRIER')),
      });
    },
  },
  {
    threat: 'a webhook that was recorded an hour ago',
    control: 'the time in the signature',
    attack: (target) => {
      const body = lost();
      const signature = signed(body, secretOf(target, 'CARRIER'), unixNow() - AN_HOUR_S);
      return sent(target.checking, 'carrier', { body, signature });
    },
  },
  {
    threat: "the payment provider's webhook, signed by the carrier",
    control: 'a secret for each provider',
    attack: (target) => {
      const body = paid();
      const signature = signed(body, secretOf(target, 'CARRIER'));
      return sent(target.checking, 'payment-provider', { body, signature });
    },
  },
];
