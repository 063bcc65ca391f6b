// Part of `npm run check`: checks the output of `npm pack` from the view of a project that installs it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lint, npmProgram } from './linter';
import { inUnits } from './package/in-units';
import { pack } from './package/pack';
import { problemsOfFiles } from './package/files';
import { problemsOfLoading } from './package/loaded';

const ROOT = path.resolve(__dirname, '..');

const place = mkdtempSync(path.join(tmpdir(), 'sagaline-package-'));
try {
  const { tarball, built, files, bytes, unpackedBytes } = pack(ROOT, place);
  const problems = [
    ...problemsOfFiles(files),
    ...problemsOfLoading(ROOT, built),
    ...lint('publint', npmProgram('publint'), ['run', tarball, '--strict']),
    // Without the module resolution from before Node 16, which does not read `exports`.
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
