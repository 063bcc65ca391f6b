// A file that changes while a process runs.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rereadFile } from '../../../../src/files/reread-file';

function underTest() {
  const folder = mkdtempSync(path.join(tmpdir(), 'reread-'));
  const file = path.join(folder, 'number');
  const clock = { now: 0 };
  const told: string[] = [];
  writeFileSync(file, '1');
  const parse = (text: string) => {
    if (!/^\d+$/.test(text)) throw new Error(`${text} is no number`);
    return Number(text);
  };
  const read = rereadFile({
    ...{ file, parse, now: () => clock.now, changed: () => told.push('changed') },
    failed: (error, before) => {
      told.push(String(error).slice(0, 20));
      return -before;
    },
  });
  const later = (everyMs?: number) => {
    clock.now += 1_000;
    return read(everyMs);
  };
  return { folder, file, told, read, later, clock };
}

test('a change applies after a second, or after what is asked for', () => {
  const { file, told, read, later } = underTest();
  writeFileSync(file, '22');
  expect(read()).toBe(1);
  expect(later(2_000)).toBe(1);
  expect(later(2_000)).toBe(22);
  expect(told).toEqual(['changed']);
  expect([later(), later()]).toEqual([22, 22]);
  expect(told).toEqual(['changed']);
});

test('a file that is replaced by another one of the same size is read again', () => {
  const { folder, file, later } = underTest();
  const next = path.join(folder, 'next');
  writeFileSync(next, '2');
  renameSync(next, file);
  expect(later()).toBe(2);
});

test('a file that is away or wrong is told once, and what was returned applies until it is right', () => {
  const { file, told, later } = underTest();
  writeFileSync(file, 'x');
  expect([later(), later()]).toEqual([-1, -1]);
  rmSync(file);
  expect([later(), later()]).toEqual([-1, -1]);
  expect(told).toEqual(['Error: x is no numbe']);
  writeFileSync(file, '3');
  expect(later()).toBe(3);
  rmSync(file);
  expect([later(), later()]).toEqual([-3, -3]);
  expect(told).toEqual(['Error: x is no numbe', 'changed', expect.stringContaining('ENOENT')]);
});

test('at the start it throws what reading and parsing throw', () => {
  const { file } = underTest();
  const options = { file, now: () => 0, failed: (_: unknown, before: string) => before };
  expect(() => rereadFile({ ...options, file: `${file}-none`, parse: String })).toThrow('ENOENT');
  const parse = (): string => {
    throw new Error('wrong');
  };
  expect(() => rereadFile({ ...options, parse })).toThrow('wrong');
});
