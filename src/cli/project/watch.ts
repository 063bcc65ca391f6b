import { errorMessage } from '../../contracts';
import type { LoadedApp } from '../../runtime/app';
import { reloadApp } from '../../runtime/load';
import type { Local } from '../../runtime/local';
import type { Watching } from '../../dev/watch';
import { watchFolder } from '../../dev/watch';

/** Number of changed files that the message names. */
const NAMED = 3;

/** Restarts the processes of `local` after each change of the project's files; the servers stay. */
export function watchProject(app: LoadedApp, local: Local, say: (line: string) => void): Promise<Watching> {
  return watchFolder({
    folder: app.root,
    ignored: [local.config.DATA_DIR],
    onChange: async (files) => {
      const since = performance.now();
      say(`\n${inWords(files)} changed: restarting the processes …`);
      try {
        await local.restart(reloadApp(app));
        say(`restarted in ${((performance.now() - since) / 1_000).toFixed(1)} s`);
      } catch (error) {
        say(errorMessage(error));
        say('waiting for the next change');
      }
    },
  });
}

function inWords(files: readonly string[]): string {
  const more = files.length - NAMED;
  return files.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more files` : '');
}
