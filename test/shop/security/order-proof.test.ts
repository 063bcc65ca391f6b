// No event is proof, at no step: nothing leaves without an authorization that the provider confirms, and nothing is paid back
// without a loss that the carrier confirms. Then the same with a provider and a carrier that confirm everything.
import { order } from '../../../domains/shop/workflows';
import { faultMatrix, sagaFaultMatrix } from '../../../src/testing';
import { prepared } from '../../support/setup/handover';
import type { FakeShop } from '../support/fakes';
import { createFakeShop } from '../support/fakes';
import { orderInvariants } from '../support/order/matrix';
import { forgedPath, proofInvariants } from '../support/order/proof';

const WITHIN_MS = 120_000;

const bundle = () => ({ codePath: prepared('bundles').product });
const kinds = ['incident'] as const;

test(
  'forged events at every step',
  async () => {
    const invariants = { ...orderInvariants, ...proofInvariants };
    const { cells } = await sagaFaultMatrix(order, forgedPath(bundle()), invariants, { kinds });
    expect(cells.length).toBeGreaterThan(50);
  },
  WITHIN_MS,
);

/** Whoever asks it for a payment is told what he wants to hear. */
function believing(): FakeShop {
  const shop = createFakeShop();
  const { payments } = shop;
  const confirmPayment: typeof payments.confirmPayment = async (input) => {
    const standing = await payments.confirmPayment(input);
    return { ...standing, state: 'authorized' };
  };
  return { ...shop, payments: { ...payments, confirmPayment } };
}

test(
  'a provider that confirms everything lets a forged authorization through',
  async () => {
    const only = 'payments.authorized × forged authorization';
    const { cells } = await faultMatrix(order, forgedPath(bundle(), believing), proofInvariants, { only });
    const violations = cells.flatMap((cell) => cell.violations);
    expect(violations.join('\n')).toMatch(/a parcel without an authorization/);
  },
  WITHIN_MS,
);

test(
  'a carrier that confirms every loss lets a refund through',
  async () => {
    const lost = () => {
      const shop = createFakeShop();
      shop.shipping.answerTracking('lost');
      return shop;
    };
    const run = faultMatrix(order, forgedPath(bundle(), lost), proofInvariants, { kinds });
    await expect(run).rejects.toThrow(/a refund without a lost parcel/);
  },
  WITHIN_MS,
);
