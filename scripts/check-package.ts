// Part of `npm run check`: what `npm pack` gives, as those see it who install it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inUnits } from './package/in-units';
import { pack } from './package/pack';
import { problemsOfFiles } from './package/files';

const ROOT = path.resolve(__dirname, '..');

/** A linter of packages: what it says where it is not content. */
function run(name: string, args: readonly string[]): string[] {
  const file = path.join(ROOT, 'node_modules', '.bin', name);
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  return status === 0 ? [] : [`${name}:\n${stdout}${stderr}`];
}

const place = mkdtempSync(path.join(tmpdir(), 'sagaline-package-'));
try {
  const { tarball, files, bytes, unpackedBytes } = pack(ROOT, place);
  const problems = [
    ...problemsOfFiles(files),
    ...run('publint', ['run', tarball, '--strict']),
    // Of the kinds of module resolution the one of before Node 16 knows no `exports`.
    ...run('attw', [tarball, '--profile', 'node16', '--no-color', '--no-emoji']),
  ];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
  else
    process.stdout.write(
      `package: ${files.length} files, ${inUnits(bytes)} packed, ${inUnits(unpackedBytes)} unpacked; sound for those who install it\n`,
    );
} finally {
  rmSync(place, { recursive: true, force: true });
}
