import { collectCompensations } from '../../../../src/saga/compensations';

const compensate = () => Promise.resolve();
const named = (name: string, key?: string) => ({ name, compensate, ...(key === undefined ? {} : { key }) });

test('what was registered last is compensated first', () => {
  const compensations = collectCompensations();
  for (const name of ['releaseStock', 'voidPayment', 'cancelShipment']) compensations.register(named(name));
  expect(compensations.toCompensate().map(({ name }) => name)).toEqual([
    'cancelShipment',
    'voidPayment',
    'releaseStock',
  ]);
});

test('what was withdrawn, or settled, is not compensated', () => {
  const compensations = collectCompensations();
  const withdraw = compensations.register(named('releaseStock'));
  const settled = named('voidPayment');
  compensations.register(settled);
  withdraw();
  compensations.settle(settled);
  expect(compensations.isEmpty()).toBe(true);
});

test('a step that is tried again under its key is compensated once, in its first place', () => {
  const compensations = collectCompensations();
  compensations.register(named('releaseStock', 'order-1:reserveStock:0'));
  compensations.register(named('voidPayment'));
  compensations.register(named('releaseStock', 'order-1:reserveStock:0'));
  compensations.register(named('releaseStock', 'order-1:reserveStock:1'));
  expect(compensations.toCompensate().map(({ name, key }) => key ?? name)).toEqual([
    'order-1:reserveStock:1',
    'voidPayment',
    'order-1:reserveStock:0',
  ]);
});

test('behind the pivot there is nothing to compensate', () => {
  const compensations = collectCompensations();
  compensations.register(named('releaseStock'));
  compensations.clear();
  expect(compensations.toCompensate()).toEqual([]);
});
