// Part of `npm run check`: what `npm pack` gives, as those see it who install it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lint, npmProgram } from './linter';
import { inUnits } from './package/in-units';
import { pack } from './package/pack';
import { problemsOfFiles } from './package/files';

const ROOT = path.resolve(__dirname, '..');

const place = mkdtempSync(path.join(tmpdir(), 'sagaline-package-'));
try {
  const { tarball, files, bytes, unpackedBytes } = pack(ROOT, place);
  const problems = [
    ...problemsOfFiles(files),
    ...lint('publint', npmProgram('publint'), ['run', tarball, '--strict']),
    // Of the kinds of module resolution the one of before Node 16 knows no `exports`.
    ...lint('attw', npmProgram('attw'), [tarball, '--profile', 'node16', '--no-color', '--no-emoji']),
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
