import { spawnSync } from 'node:child_process';
import { CliError, EXIT } from '../../exit';

/** The project's own recorder: it knows the scenarios, and the fakes on which they run. */
const RECORDER = 'test/replay/record.ts';

/**
 * Records the histories that the project has not yet.
 *
 * @param file of the history that is wanted, for the message
 * @throws CliError with what the recorder has written, where it fails
 */
export function recordHistory(root: string, file: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', RECORDER], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return;
  throw new CliError(
    'not-recorded',
    `everything is written but ${file}. Mend what is wrong, then: npm run replay:record\n${stdout}${stderr}`.trimEnd(),
    EXIT.failed,
  );
}
