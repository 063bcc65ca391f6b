import path from 'node:path';
import { watch } from 'chokidar';

export interface WatchOptions {
  readonly folder: string;
  /** Files and folders to ignore, beside those that have no sources in any project. */
  readonly ignored: readonly string[];
  /** Changes within this time are reported together: an editor or `git checkout` writes several files at once. Default: 150 */
  readonly quietMs?: number;
  /** Called with the changed files, relative to `folder`; changes during a call are reported after it. */
  readonly onChange: (files: readonly string[]) => Promise<void>;
}

export interface Watching {
  close(): Promise<void>;
}

/** Files that processes are made of, without tests and documents. */
const SOURCE = /(?<!\.test|\.spec)\.([cm]?[jt]s|json|sql)$/;
/** Packages, generated files, and hidden folders such as `.git` and `.sagaline`. */
const NO_SOURCES = /^(node_modules|build|dist|coverage|\..+)$/;
/** The project's folder of tests, with fakes and recorded histories. */
const TESTS = 'test';
const QUIET_MS = 150;

/** Watches a folder. Resolves when it reports every later change. */
export async function watchFolder({
  folder,
  ignored,
  onChange,
  quietMs = QUIET_MS,
}: WatchOptions): Promise<Watching> {
  const leftOut = ignored.map((each) => path.resolve(each));
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let reporting: Promise<void> | undefined;
  let closed = false;

  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (file, stats) => {
      if (file === folder) return false;
      const isTests = path.relative(folder, file) === TESTS;
      if (isTests || NO_SOURCES.test(path.basename(file)) || leftOut.includes(path.resolve(file)))
        return true;
      return stats?.isFile() === true && !SOURCE.test(file);
    },
  });
  watcher.on('all', (event, file) => {
    if (closed || event.endsWith('Dir') || !SOURCE.test(file)) return;
    changed.add(path.relative(folder, file));
    clearTimeout(timer);
    timer = setTimeout(report, quietMs);
  });

  function report(): void {
    if (reporting !== undefined || changed.size === 0 || closed) return;
    const files = [...changed].sort();
    changed.clear();
    reporting = onChange(files).finally(() => {
      reporting = undefined;
      report();
    });
  }

  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve);
    watcher.once('error', reject);
  });
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await watcher.close();
      await reporting;
    },
  };
}
