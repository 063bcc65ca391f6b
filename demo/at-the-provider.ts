import { persistently } from './eventually';
import type { ProviderPayment, Shop } from './shop';
import { paymentsAtProvider } from './shop';

/** What people do at the payment provider: the cardholder at the bank, and staff in the back office. */

/** The provider's own record of an order's first payment. */
export async function paymentOf(shop: Shop, orderId: string): Promise<ProviderPayment> {
  const payments = await paymentsAtProvider(shop);
  const found = payments.find((payment) => payment.merchant_reference === orderId);
  if (!found) throw new Error(`the provider has no payment of ${orderId}`);
  return found;
}

/** The cardholder opens the link and presses one of its two buttons. A second press changes nothing. */
export async function authenticate(url: string, outcome: 'succeeded' | 'failed'): Promise<void> {
  const page = await persistently(async () => (await fetch(url)).text());
  if (!page.includes(`answer('${outcome}')`)) throw new Error(`${url} does not ask: ${page}`);
  await persistently(() => post(url, { outcome }));
}

/** Staff refund money in the back office without informing the shop. It is done once, even if a kill interrupts the calls. */
export async function refundByHand(shop: Shop, orderId: string, amount: number): Promise<void> {
  await persistently(async () => {
    const { id, amount_refunded } = await paymentOf(shop, orderId);
    if (amount_refunded === 0)
      await post(`${shop.local.devUrls['providers']}/sandbox/payments/${id}/refund`, { amount });
  });
}

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}
