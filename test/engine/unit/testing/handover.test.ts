import { bundleOfTests, handOver, prepared } from '../../../../src/testing';

test('the set-ups of several projects add to each other', () => {
  handOver('bundles', { one: '/one.js' });
  handOver('bundles', { two: '/two.js' });
  expect([bundleOfTests('one'), bundleOfTests('two')]).toEqual([
    { codePath: '/one.js' },
    { codePath: '/two.js' },
  ]);
  expect(() => bundleOfTests('three')).toThrow('bundleForTests has bundled no "three"');
  expect(() => prepared('nothing')).toThrow('has prepared no nothing');
});
