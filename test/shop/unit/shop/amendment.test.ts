// What an amendment changes, and what is held and taken for it: the rules alone.
import { exampleAddress } from '../../../../domains/shop/events/address';
import fc from 'fast-check';
import { orderSubmitted } from '../../../../domains/shop/events';
import { amend, refusalFor } from '../../../../domains/shop/rules/amendment';
import { captures, outstandingOf, surplusOf } from '../../../../domains/shop/rules/authorizations';

const content = {
  ...orderSubmitted.example,
  lines: [
    { sku: 'MUG', quantity: 1, unitPrice: 500 },
    { sku: 'TEA', quantity: 2, unitPrice: 1_000 },
  ],
};
const [mug, tea] = content.lines as [(typeof content.lines)[0], (typeof content.lines)[0]];
const elsewhere = { ...exampleAddress, street: 'Am Wall 1' };

describe('an amendment', () => {
  test('of nothing is refused', () => {
    const lines = [{ ...tea }, { ...mug }];
    const refused = { kind: 'refused', reason: 'nothing-changed' };
    expect(amend(content, { lines })).toMatchObject(refused);
    expect(amend(content, { shippingAddress: { ...exampleAddress } })).toMatchObject(refused);
    expect(amend(content, {})).toMatchObject(refused);
  });

  test('wants more of one article, less of another, and a new one', () => {
    const lines = [
      { ...tea, quantity: 5 },
      { sku: 'POT', quantity: 1, unitPrice: 3_000 },
    ];
    expect(amend(content, { lines })).toEqual({
      kind: 'amended',
      content: { ...content, lines },
      more: [
        { sku: 'POT', quantity: 1 },
        { sku: 'TEA', quantity: 3 },
      ],
      fewer: [{ sku: 'MUG', quantity: 1 }],
      addressChanged: false,
    });
  });

  test('of a price alone moves no stock', () => {
    const lines = [mug, { ...tea, unitPrice: 900 }];
    expect(amend(content, { lines })).toMatchObject({ kind: 'amended', more: [], fewer: [] });
  });

  test('of the address alone changes nothing else', () => {
    expect(amend(content, { shippingAddress: elsewhere })).toMatchObject({
      kind: 'amended',
      content: { lines: content.lines, shippingAddress: elsewhere },
      more: [],
      fewer: [],
      addressChanged: true,
    });
  });

  test.each([
    ['out-of-stock', 'out-of-stock'],
    ['payment-declined', 'payment-declined'],
    ['payment-pending', 'payment-pending'],
    ['address-not-served', 'address-not-served'],
    ['parcel-dispatched', 'too-late'],
    ['step-failed', 'step-failed'],
    ['invalid-input', 'step-failed'],
  ])('whose step fails as %s is refused as %s', (type, reason) => {
    expect(refusalFor({ type })).toBe(reason);
  });
});

const authorizations = fc
  .array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 5 })
  .map((amounts) => amounts.map((amount, at) => ({ paymentId: `pay_${at}`, amount })));
const sum = (amounts: readonly { amount: number }[]) => amounts.reduce((all, { amount }) => all + amount, 0);

describe('authorizations', () => {
  test('what is taken comes to the total, none of it beyond its authorization, and with what is missing always', () => {
    fc.assert(
      fc.property(authorizations, fc.integer({ min: 1, max: 5_000 }), (held, total) => {
        const taken = captures(held, total);
        expect(sum(taken) + outstandingOf(held, total)).toBe(total);
        for (const { paymentId, amount } of taken)
          expect(amount).toBeLessThanOrEqual(
            held.find((authorization) => authorization.paymentId === paymentId)?.amount ?? 0,
          );
      }),
    );
  });

  test('an authorization is either taken of or surplus', () => {
    fc.assert(
      fc.property(authorizations, fc.integer({ min: 1, max: 5_000 }), (held, total) => {
        const both = [...captures(held, total), ...surplusOf(held, total)].map(({ paymentId }) => paymentId);
        expect(both.sort()).toEqual(held.map(({ paymentId }) => paymentId).sort());
      }),
    );
  });
});
