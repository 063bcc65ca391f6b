// The container image has no templates: its command line starts all the same, because every role is started by it.
import { Command } from 'commander';
import type * as fs from 'node:fs';
import { addInit } from '../../../../src/cli/project/init';

jest.mock('node:fs', () => {
  const actual = jest.requireActual<typeof fs>('node:fs');
  const isCreate = (path: unknown) => String(path).endsWith('create');
  return {
    ...actual,
    existsSync: (path: string) => !isCreate(path) && actual.existsSync(path),
    readdirSync: (path: string) => {
      if (isCreate(path)) throw new Error(`ENOENT: no such file or directory, scandir '${path}'`);
      return actual.readdirSync(path);
    },
  };
});

test('a command line without the folder of templates has its commands', () => {
  const program = new Command();
  addInit(program);
  expect(program.commands.map((command) => command.name())).toContain('init');
});
