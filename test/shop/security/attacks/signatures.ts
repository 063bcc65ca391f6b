// Who may publish in NATS as the gateway does, but has not its signing key.
import { headers } from 'nats';
import { newOrderId, orderOf } from '../../../../demo/orders';
import { order } from '../../../../domains/shop/workflows';
import { orderSubmitted } from '../../../../domains/shop/events';
import { createStreamReader, DEAD_LETTERS_STREAM } from '../../../../src/adapters/nats';
import { eventHeaders } from '../../../../src/adapters/nats/publish/publish';
import type { SignEvent } from '../../../../src/contracts';
import { encodeEvent, newEvent, workflowIdOf } from '../../../../src/contracts';
import { openSigner } from '../../../../src/security/signatures';
import { silentLog } from '../../../support/log';
import { until } from '../../../support/until';
import type { Attack, Outcome } from '../attack';
import type { Target } from '../target';
import { asRole } from './nats';

const SIGNED = 'the bridge takes signed events only';
const SOURCES = 'sources of a signing key';
/** A busy machine takes its time. */
const DONE_WITHIN_MS = 20_000;

interface Forgery {
  readonly source?: string;
  /** Whose key signs; nobody's by default. */
  readonly signer?: 'gateway' | 'relay';
  /** Changes what was signed. */
  readonly change?: (body: string) => string;
}

/** Without the control nothing is signed. */
function signerOf({ local }: Target, role: string): SignEvent | undefined {
  const { EVENT_SIGNING_KEY_FILE: file, EVENT_SIGNATURE_AUDIENCE: audience = '' } =
    local.secured?.settingsOf(role) ?? {};
  return file === undefined ? undefined : openSigner(file, { audience, now: Date.now, log: silentLog });
}

/** Through when the order is opened, refused when the event is a dead letter. */
const published =
  ({ source = '/web-shop', signer, change = (body) => body }: Forgery) =>
  async (target: Target): Promise<Outcome> => {
    const orderId = newOrderId('forged');
    const event = newEvent(orderSubmitted, { id: orderId, data: orderOf(orderId) });
    const { subject, body } = encodeEvent(event, { source });
    const head = headers();
    const sign = signer && signerOf(target, signer);
    for (const [name, value] of Object.entries(await eventHeaders({ body }, sign))) head.set(name, value);
    const sent = new TextEncoder().encode(change(new TextDecoder().decode(body)));
    await asRole(target, 'gateway', (connection) =>
      connection.jetstream().publish(subject, sent, { headers: head }),
    );
    const deadLetters = await createStreamReader(target.shop.nats, DEAD_LETTERS_STREAM);
    const workflow = target.shop.temporal.workflow.getHandle(workflowIdOf(order, orderId));
    return until(
      'the event is processed',
      async () => {
        const opened = await workflow.describe().catch(() => undefined);
        if (opened) return 'through';
        return (await deadLetters.next(`dlq.*.*.${orderId}`, 1)) && 'refused';
      },
      DONE_WITHIN_MS,
    );
  };

export const signatures: readonly Attack[] = [
  { threat: 'NATS: an event that nobody has signed', control: SIGNED, attack: published({}) },
  {
    threat: "NATS: an event of the gateway's endpoint, signed by the relay",
    control: SOURCES,
    attack: published({ source: '/gateway/orders', signer: 'relay' }),
  },
  {
    threat: 'NATS: an event that was changed after it was signed',
    control: SIGNED,
    attack: published({
      signer: 'gateway',
      change: (body) => body.replace('"quantity":2', '"quantity":9'),
    }),
  },
];
