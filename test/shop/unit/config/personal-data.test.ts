// Where a process that gets personal data may start without keys for it.
import { shop } from '../../../../domains/shop';
import { readConfig } from '../../../../src/config';
import { InvalidConfigError } from '../../../../src/contracts';
import { marksPersonalData } from '../../../../src/runtime/config';
import { pingDomain } from '../../../support/ping/domain';
import { production } from '../../support/config';

function problemsOf(given: Record<string, string>, personalData = true): readonly string[] {
  try {
    readConfig(given, { providers: [], personalData });
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('in production it has keys, or says that it stores in clear', () => {
  expect(problemsOf(production)).toEqual([
    'PERSONAL_DATA_KEYS_FILE is missing: contracts of this project mark personal fields; PERSONAL_DATA=clear stores them in clear',
  ]);
  expect(problemsOf({ ...production, PERSONAL_DATA_KEYS_FILE: 'keys' })).toEqual([]);
  expect(problemsOf({ ...production, PERSONAL_DATA: 'clear' })).toEqual([]);
});

test('the bridge, and a project without marks, need none; nor does a laptop', () => {
  expect(problemsOf(production, false)).toEqual([]);
  expect(problemsOf({})).toEqual([]);
  expect([marksPersonalData({ domains: [shop] }), marksPersonalData({ domains: [pingDomain] })]).toEqual([
    true,
    false,
  ]);
});

test('keys and storing in clear contradict each other', () => {
  expect(problemsOf({ PERSONAL_DATA_KEYS_FILE: 'keys', PERSONAL_DATA: 'clear' })).toEqual([
    'PERSONAL_DATA: cannot be clear while PERSONAL_DATA_KEYS_FILE is set',
  ]);
});

test('dead letters have an age limit, always', () => {
  expect(readConfig({}, { providers: [] }).DEAD_LETTERS_MAX_AGE_DAYS).toBe(180);
  expect(problemsOf({ DEAD_LETTERS_MAX_AGE_DAYS: '0' })).toHaveLength(1);
});
