import type { Payment } from './payment';

/** Where `next_action.redirect_url` leads: a page as a bank would show it for 3-D Secure. */
export function authenticationPage({ status, amount, currency, id }: Payment): string {
  const asked =
    status === 'requires_action'
      ? `<p>Do you want to pay ${amount} (minor units) ${currency}?</p>
<button onclick="answer('succeeded')">Yes, it is me</button>
<button onclick="answer('failed')">No</button>`
      : `<p>There is nothing to confirm: the payment is ${status}.</p>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Confirm your payment</title>
<h1>Sandbox bank</h1>
${asked}
<p><small>${id}</small></p>
<script>
  async function answer(outcome) {
    const headers = { 'content-type': 'application/json' };
    await fetch(location.href, { method: 'POST', headers, body: JSON.stringify({ outcome }) });
    location.reload();
  }
</script>
</html>
`;
}
