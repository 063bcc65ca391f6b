import type { Payment } from './payment';

/** The page behind `next_action.redirect_url`: 3-D Secure as a bank would show it. */
export function authenticationPage(payment: Payment): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Confirm your payment</title>
<style>
  body { font: 18px/1.5 system-ui, sans-serif; max-width: 24em; margin: 3em auto; padding: 0 1em }
  button { font: inherit; padding: 0.3em 1em }
</style>
<h1>Sandbox bank</h1>
${payment.status === 'requires_action' ? question(price(payment)) : `<p>${outcomeOf(payment)}</p>`}
<p><small>${payment.id}</small></p>
<script>
  async function answer(outcome) {
    for (const button of document.querySelectorAll('button')) button.disabled = true;
    const headers = { 'content-type': 'application/json' };
    const answered = await fetch(location.href, { method: 'POST', headers, body: JSON.stringify({ outcome }) });
    await answered.text();
    location.reload();
  }
</script>
</html>
`;
}

const question = (amount: string) => `<p>Do you want to pay ${amount}?</p>
<button onclick="answer('succeeded')">Yes, it is me</button>
<button onclick="answer('failed')">No</button>`;

function outcomeOf(payment: Payment): string {
  switch (payment.status) {
    case 'requires_action':
    case 'pending':
      return `Your payment of ${price(payment)} is being decided.`;
    case 'requires_capture':
    case 'captured':
    case 'partially_refunded':
    case 'refunded':
      return `You have confirmed the payment of ${price(payment)}. You may close this page.`;
    case 'declined':
      return `The payment of ${price(payment)} was declined. Nothing was taken from your account.`;
    case 'canceled':
      return `The payment of ${price(payment)} was cancelled: there is nothing to confirm any more.`;
  }
}

/** `€25.80`, `¥2,580`, `KWD 2.580`: `Intl` knows how many digits a currency has. */
function price({ amount, currency }: Payment): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const { maximumFractionDigits: digits = 0 } = format.resolvedOptions();
  return format.format(amount / 10 ** digits);
}
