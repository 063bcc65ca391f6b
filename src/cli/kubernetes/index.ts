import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { isOfKubernetes, kubernetesFiles } from '../../kubernetes';
import type { CliContext } from '../context';
import { updateFiles } from '../generated-files';
import type { Output } from '../options';
import { withOutput } from '../options';

interface KubernetesOptions extends Output {
  readonly check?: true;
}

/** `sagaline kubernetes`: a base for kustomize, with each process of the project. It needs no cluster and no server. */
export function addKubernetes(program: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  withOutput(
    program
      .command('kubernetes <folder>')
      .description('writes manifests of each process, as a base for kustomize; needs no cluster')
      .option('--check', 'writes nothing, and fails where a file differs'),
  ).action(async (folder: string, { check: only, output }: KubernetesOptions) => {
    const wanted = kubernetesFiles(cliContext.project());
    const found = await generatedIn(folder);
    const check = {
      code: 'manifests-differ',
      differFrom: `the project ("sagaline kubernetes ${folder}" writes them)`,
    };
    const { written, removed } = await updateFiles(folder, { wanted, found }, only && check);
    if (output === 'json') terminal.out(JSON.stringify({ files: wanted.size, written, removed }));
    else if (only) terminal.out(`the ${wanted.size} files of ${folder} are up to date`);
    else
      terminal.out(
        `${wanted.size} files, ${written.length} written, ${removed.length} removed; next: an overlay with your\n` +
          'addresses, image and build id (docs/kubernetes.md)',
      );
  });
}

/** The files of a folder that this command has written, by path with `/`. */
async function generatedIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of await namesIn(folder)) {
    if (!name.endsWith('.yaml')) continue;
    const text = await readFile(path.join(folder, name), 'utf8');
    if (isOfKubernetes(text)) found.set(name.split(path.sep).join('/'), text);
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder, { recursive: true })).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
