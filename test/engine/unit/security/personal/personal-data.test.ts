import { randomBytes } from 'node:crypto';
import { ordered } from '../../../../support/personal-event';
import { isSealed } from '../../../../../src/contracts';
import type { DataKeys } from '../../../../../src/security/personal';
import { createPersonalData, ERASED, inClear, UNREADABLE } from '../../../../../src/security/personal';
import { rememberFor } from '../../../../../src/security/personal/remember';

/** Keys in memory, with an id for each subject. */
function keysInMemory() {
  const keys = new Map<string, { id: string; subject: string; bytes: Buffer } | 'erased'>();
  const uses: string[] = [];
  const idOf = (subject: string) =>
    `0f8fad5b-d9cb-469f-a165-${Buffer.from(subject.padEnd(6, '_')).toString('hex').slice(0, 12)}`;
  const store: DataKeys = {
    forProcess: (subject, process) => {
      const id = idOf(subject);
      const known = keys.get(id);
      const key = known && known !== 'erased' ? known : { id, subject, bytes: randomBytes(32) };
      keys.set(id, key);
      uses.push(`${subject}: ${process}`);
      return Promise.resolve(key);
    },
    find: (id) => Promise.resolve(keys.get(id) ?? 'unknown'),
  };
  return { store, uses, erase: (subject: string) => keys.set(idOf(subject), 'erased') };
}

const order = ordered.example;

test('the personal fields of an event are encrypted, the others stay', async () => {
  const { store, uses } = keysInMemory();
  const personal = createPersonalData(store);
  const sealed = await personal.seal(ordered, order);
  const { email, shippingAddress, paymentToken, ...rest } = sealed;
  expect([email, shippingAddress, paymentToken].every(isSealed)).toBe(true);
  expect({ ...order, ...rest }).toEqual(order);
  expect(uses).toEqual(['customer-7: order-1001']);
  expect(await Promise.all([personal.open(email), personal.open(shippingAddress)])).toEqual([
    order.email,
    order.shippingAddress,
  ]);
  // What is encrypted stays as it is: no key is asked for.
  expect(await personal.seal(ordered, sealed)).toBe(sealed);
  expect(uses).toHaveLength(1);
});

test('a field that is not there is left out', async () => {
  const { paymentToken, ...free } = order;
  expect(isSealed(paymentToken)).toBe(false);
  const sealed = await createPersonalData(keysInMemory().store).seal(ordered, free);
  expect(Object.keys(sealed)).not.toContain('paymentToken');
});

test('after an erasure nothing opens, and the failure is final', async () => {
  const { store, erase } = keysInMemory();
  const personal = createPersonalData(store);
  const { email } = await personal.seal(ordered, order);
  erase('customer-7');
  await expect(personal.open(email)).rejects.toMatchObject({ name: 'DefectError', type: ERASED });
});

test('a value of an unknown key, or without keys, is not readable', async () => {
  const { email } = await createPersonalData(keysInMemory().store).seal(ordered, order);
  const unreadable = { name: 'DefectError', type: UNREADABLE };
  await expect(createPersonalData(keysInMemory().store).open(email)).rejects.toMatchObject(unreadable);
  await expect(inClear.open(email)).rejects.toMatchObject(unreadable);
});

test('without keys everything is in clear', async () => {
  expect(await inClear.seal(ordered, order)).toBe(order);
  expect(await inClear.open(order.email)).toBe(order.email);
});

test('what is remembered is forgotten after its time, and when there is too much', () => {
  let now = 0;
  const remembered = rememberFor<number>({ ms: 60, most: 2, now: () => now });
  remembered.keep('a', 1);
  remembered.keep('b', 2);
  expect([remembered.get('a'), remembered.get('b')]).toEqual([1, 2]);
  remembered.keep('c', 3);
  expect(remembered.get('a')).toBeUndefined();
  now = 60;
  expect(remembered.get('c')).toBeUndefined();
});
