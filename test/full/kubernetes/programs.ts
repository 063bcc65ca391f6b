// A real API server and its client, and KEDA's definitions, from the Go module proxy.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, go } from '../../../scripts/go';

export const KEDA = 'v2.20.2';
const MAIN = 'k8s.io/kubernetes';

export interface KubernetesPrograms {
  readonly apiServer: string;
  readonly kubectl: string;
}

/**
 * Builds the API server of a version: some three minutes, and 1.7 GB of memory. The modules that Kubernetes keeps in its own
 * repository are replaced by those that it publishes.
 *
 * @param version such as `1.34.4`
 */
export async function buildKubernetes(
  version: string,
  log: (line: string) => void,
): Promise<KubernetesPrograms> {
  const folder = await cached(`kubernetes-${version}`, async (into) => {
    log(`building Kubernetes ${version} …`);
    const since = Date.now();
    await writeFile(
      path.join(into, 'tools.go'),
      `//go:build tools\n\npackage tools\n\nimport (\n\t_ "${MAIN}/cmd/kube-apiserver"\n\t_ "${MAIN}/cmd/kubectl"\n)\n`,
    );
    await writeFile(path.join(into, 'go.mod'), await moduleOf(version));
    await go(['mod', 'tidy'], { cwd: into });
    for (const program of ['kube-apiserver', 'kubectl'])
      await go(
        [
          ...['build', '-p', '2', '-trimpath', '-o', path.join(into, program)],
          ...['-ldflags', `-s -w -X k8s.io/component-base/version.gitVersion=v${version}`],
          `${MAIN}/cmd/${program}`,
        ],
        { cwd: into, env: { CGO_ENABLED: '0' } },
      );
    log(`built in ${Math.round((Date.now() - since) / 1_000)} s`);
  });
  return { apiServer: path.join(folder, 'kube-apiserver'), kubectl: path.join(folder, 'kubectl') };
}

async function moduleOf(version: string): Promise<string> {
  const { GoMod } = JSON.parse(await go(['mod', 'download', '-json', `${MAIN}@v${version}`])) as {
    GoMod: string;
  };
  const text = await readFile(GoMod, 'utf8');
  const published = version.replace(/^1\./, 'v0.');
  const replaced = [...text.matchAll(/(k8s\.io\/[a-z0-9-]+) => \.\/staging/g)].map(
    ([, name = '']) => `replace ${name} => ${name} ${published}`,
  );
  const [language = ''] = /^go .+$/m.exec(text) ?? [];
  return ['module servers', language, `require ${MAIN} v${version}`, ...replaced].join('\n\n');
}

/** The folder with KEDA's definitions, and the parameters that each of its scalers takes. */
export async function kedaFiles(): Promise<{ readonly definitions: string; readonly scalers: string }> {
  const folder = await kedaFolder();
  return {
    definitions: path.join(folder, 'config', 'crd', 'bases'),
    scalers: path.join(folder, 'schema', 'generated', 'scalers-schema.json'),
  };
}

/** KEDA's module, as the proxy has it; read-only. */
export async function kedaFolder(): Promise<string> {
  const { Dir } = JSON.parse(
    await go(['mod', 'download', '-json', `github.com/kedacore/keda/v2@${KEDA}`]),
  ) as { Dir: string };
  return Dir;
}
