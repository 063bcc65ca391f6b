// The lock file may not bring in a package whose licence nobody has agreed to.
import { licenceProblems } from '../../../../scripts/licences/allowed';

const problemsOf = (license: string | undefined, name = 'some') =>
  licenceProblems({
    '': {},
    [`node_modules/a/node_modules/${name}`]: license === undefined ? {} : { license },
  });

test.each(['MIT', '(MIT OR GPL-3.0-only)', 'Apache-2.0 AND MIT', 'BlueOak-1.0.0'])(
  '%s is taken',
  (license) => {
    expect(problemsOf(license)).toEqual([]);
  },
);

test.each([
  'GPL-3.0-only',
  'Apache-2.0 AND GPL-2.0-only',
  'UNLICENSED',
  'SEE LICENSE IN x',
  'CC-BY-4.0',
  undefined,
])('%s is refused', (license) => {
  expect(problemsOf(license)).toEqual([expect.stringContaining(`some has ${license ?? 'no licence'}`)]);
});

test('an exception is for its package and its licence only', () => {
  expect(problemsOf('CC-BY-4.0', 'caniuse-lite')).toEqual([]);
  expect(problemsOf('GPL-3.0-only', 'caniuse-lite')).toHaveLength(1);
});
