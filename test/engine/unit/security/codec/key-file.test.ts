import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { openKeyFile } from '../../../../../src/security/codec/key-file';
import { parseKeyRing } from '../../../../../src/security/codec/key-ring';
import { openTokenFile } from '../../../../../src/security/codec/tokens';
import { keyLine, secretFile } from '../../../../support/payload-keys';

const [one, two] = [keyLine('one'), keyLine('two')];
const KEY = one.slice('one:'.length);

test('the first key encrypts; comments and empty lines are ignored', () => {
  const ring = parseKeyRing(`# new\n\n${two}\r\n${one}\n`);
  expect(ring.first.id).toBe('two');
  expect(ring.find('one')?.bytes.toString('base64')).toBe(KEY);
});

test.each([
  ['', 'there is no key in it'],
  ['# nothing', 'there is no key in it'],
  ['one', 'line 1: the id must be'],
  [`a b:${KEY}`, 'line 1: the id must be'],
  ['one:c2hvcnQ=', 'the key "one" must be 32 bytes in base64, not 5'],
  [`one:${Buffer.alloc(33).toString('base64')}`, 'must be 32 bytes in base64, not 33'],
  ['one:not base64!', 'must be 32 bytes in base64, not something else'],
  [`${one}\none:${keyLine('x').slice(2)}`, 'line 2: the id "one" occurs twice'],
  [`${one}\nother:${KEY}`, 'line 2: the key "other" is the same as "one"'],
])('%j is refused', (text, problem) => {
  const refused = () => parseKeyRing(text);
  expect(refused).toThrow(problem);
  expect(refused).not.toThrow(KEY);
});

test('the file is read again after five seconds, and at once for an unknown key', () => {
  let time = 0;
  const file = secretFile(one);
  const keys = openKeyFile(file, { now: () => time });
  writeFileSync(file, `${two}\n${one}`);
  time = 999;
  expect([keys.current().first.id, keys.newest().first.id]).toEqual(['one', 'one']);
  time = 1_000;
  expect(keys.current().first.id).toBe('one');
  expect(keys.newest().first.id).toBe('two');
  writeFileSync(file, `${one}\n${two}`);
  time = 6_000;
  expect(keys.current().first.id).toBe('one');
});

test('half of a file never takes a key away; the whole file does, a look later', () => {
  let time = 0;
  const told: string[] = [];
  const file = secretFile(one);
  const keys = openKeyFile(file, { now: () => time, unreadable: (why) => told.push(why) });
  const later = () => {
    time += 5_000;
    const ring = keys.current();
    return [ring.first.id, ring.find('one') !== undefined];
  };
  const whole = `${two}\n${one}\n`;
  // Every cut at which somebody reads who is in between two writes; one of them leaves a valid ring with one key less.
  for (let cut = 0; cut < whole.length; cut++) {
    writeFileSync(file, whole.slice(0, cut));
    expect([cut, keys.current().find('one') !== undefined, ...later().slice(1)]).toEqual([cut, true, true]);
    writeFileSync(file, one);
    later();
  }
  writeFileSync(file, whole);
  expect(later()).toEqual(['two', true]);
  told.length = 0;
  writeFileSync(file, two);
  expect(later()).toEqual(['two', true]);
  expect(later()).toEqual(['two', false]);
  expect(told).toEqual([expect.stringContaining('the key "one" is gone')]);
});

test('while the file is wrong or gone the last ring stays, and the log is told once', () => {
  let time = 0;
  const told: string[] = [];
  const file = secretFile(one);
  const keys = openKeyFile(file, { now: () => time, unreadable: (why) => told.push(why) });
  const later = () => {
    time += 5_000;
    return keys.current().first.id;
  };
  writeFileSync(file, 'nonsense');
  expect([later(), later()]).toEqual(['one', 'one']);
  expect(told).toEqual([expect.stringContaining('line 1')]);
  rmSync(file);
  expect(later()).toBe('one');
  writeFileSync(file, `${two}\n${one}`);
  expect(later()).toBe('two');
});

test('a missing file is named at the start', () => {
  expect(() => openKeyFile('/nowhere/keys')).toThrow(
    'PAYLOAD_KEYS_FILE: /nowhere/keys cannot be read (ENOENT)',
  );
  expect(() => openTokenFile('/nowhere/tokens', 'TOKEN_FILE')).toThrow(
    'TOKEN_FILE: /nowhere/tokens cannot be read',
  );
});

test('tokens are added and revoked without a restart; without a file nobody has one', () => {
  let time = 0;
  const [first, second] = ['f'.repeat(32), 's'.repeat(32)];
  const file = secretFile(`ada:${first}`);
  const ownerOf = openTokenFile(file, 'TOKEN_FILE', () => time);
  expect([ownerOf(first), ownerOf(second), ownerOf('')]).toEqual(['ada', undefined, undefined]);
  expect(ownerOf(`ada:${first}`)).toBeUndefined();
  writeFileSync(file, `${second}\nbob:short`);
  time = 5_000;
  // Without a name it goes by its digest.
  const digest = createHash('sha256').update(second).digest('hex');
  expect([first, second, 'short'].map(ownerOf)).toEqual([
    undefined,
    `token-${digest.slice(0, 8)}`,
    undefined,
  ]);
  rmSync(file);
  time = 10_000;
  expect(ownerOf(second)).toBeUndefined();
});

test.each([
  [[], 'has no token'],
  [['f'.repeat(31)], 'shorter than 32 characters'],
  [[`ada:${'f'.repeat(31)}`], 'shorter than 32 characters'],
])('a token file with %j is refused', (lines, problem) => {
  expect(() => openTokenFile(secretFile(...lines), 'TOKEN_FILE')).toThrow(problem);
});
