import { spawnSync } from 'node:child_process';
import { CliError, EXIT } from '../../exit';

/** The project's own recorder: it has the scenarios, and the fakes on which they run. */
const RECORDER = 'test/replay/record.ts';

/**
 * Records the histories that the project does not have yet.
 *
 * @param file of the required history, for the message
 * @throws CliError with the recorder's output, when it fails
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
