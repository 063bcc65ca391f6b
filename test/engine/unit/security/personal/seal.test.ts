import { randomBytes } from 'node:crypto';
import { isSealed, sealedForAnother, sealedParts } from '../../../../../src/contracts';
import { system } from '../../../../../src/runtime/system';
import { openValue, sealValue } from '../../../../../src/security/personal/seal';
import { unwrapKey, wrapKey, MasterKeyError } from '../../../../../src/security/personal/wrap';
import { parseKeyRing } from '../../../../../src/security/codec/key-ring';
import { ordered } from '../../../../support/personal-event';
import { keyLine } from '../../../../support/payload-keys';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const keyOf = (subject: string, id = ID) => ({ id, subject, bytes: randomBytes(32) });
const ada = keyOf('customer-7');
const address = { street: 'Am Wall 1', name: 'Ada' };

describe('a sealed value', () => {
  test('opens with its key, and only with it', () => {
    const sealed = sealValue(ada, address);
    expect(isSealed(sealed)).toBe(true);
    expect(sealed).not.toContain('Wall');
    expect(openValue(ada, sealed)).toEqual({ value: address });
    expect(openValue({ ...ada, bytes: randomBytes(32) }, sealed)).toBeUndefined();
    expect(openValue({ ...ada, id: '0f8fad5b-d9cb-469f-a165-70867728950f' }, sealed)).toBeUndefined();
  });

  test('is the same for the same value of the same key, in whatever order its fields are', () => {
    expect(sealValue(ada, { name: 'Ada', street: 'Am Wall 1' })).toBe(sealValue(ada, address));
    expect(sealValue(ada, { ...address, name: 'Eda' })).not.toBe(sealValue(ada, address));
    expect(sealValue(keyOf('customer-7'), address)).not.toBe(sealValue(ada, address));
  });

  test('does not open when a part of it was changed', () => {
    const sealed = sealValue(ada, address);
    const { subjectTag = '', box = '' } = sealedParts(sealed) ?? {};
    const changed = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    for (const forged of [sealed.replace(box, changed(box)), sealed.replace(subjectTag, changed(subjectTag))])
      expect([isSealed(forged), openValue(ada, forged)]).toEqual([true, undefined]);
  });

  test('is recognised in the event of another customer, with the hash that the bridge has', () => {
    const email = sealValue(ada, 'ada@example.com');
    const order = { ...ordered.example, email };
    expect(sealedForAnother(ordered, order, system.hash)).toBeUndefined();
    expect(sealedForAnother(ordered, { ...order, customerId: 'customer-8' }, system.hash)).toMatchObject({
      reason: 'invalid-data',
      path: 'data.email',
    });
  });
});

describe('a data key', () => {
  const ring = parseKeyRing(keyLine('2026-11'));

  test('is unwrapped by its master key, for its own id', () => {
    const wrapped = wrapKey(ring, ID, ada.bytes);
    expect(unwrapKey(ring, ID, wrapped)).toEqual(ada.bytes);
    expect(() => unwrapKey(ring, 'another', wrapped)).toThrow(MasterKeyError);
    expect(() => unwrapKey(parseKeyRing(keyLine('2026-11')), ID, wrapped)).toThrow(MasterKeyError);
    expect(() => unwrapKey(parseKeyRing(keyLine('2027-01')), ID, wrapped)).toThrow('no key "2026-11"');
  });
});
