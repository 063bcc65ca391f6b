import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { eventDocuments, isGenerated } from '../../reference';
import { updateFiles } from '../generated-files';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';

interface DocsOptions extends Output {
  readonly out: string;
  readonly title: string;
  readonly check?: true;
}

/** Adds `events docs`: a reference of the contracts, for people outside the project. It needs no server. */
export function addDocs(events: Command, cliContext: CliContext): void {
  withOutput(
    events
      .command('docs')
      .description('writes the event reference: Markdown, JSON Schemas, AsyncAPI; needs no server')
      .option('--out <folder>', 'where to', 'docs/reference/events')
      .option('--title <title>', 'of the pages and the AsyncAPI document', 'Events')
      .option('--check', 'writes nothing, and fails where a file differs'),
  ).action((options: DocsOptions) => docs(cliContext, options));
}

async function docs({ described: catalogue, terminal }: CliContext, options: DocsOptions): Promise<void> {
  const { out, title, check: only, output } = options;
  const wanted = eventDocuments(catalogue, title);
  const check = { code: 'docs-differ', differFrom: 'the contracts ("sagaline events docs" writes them)' };
  const found = await generatedIn(out);
  const { written, removed } = await updateFiles(out, { wanted, found }, only && check);
  const bytes = [...wanted.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const report = { events: catalogue.contracts.length, files: wanted.size, bytes };
  if (output === 'json') terminal.out(JSON.stringify({ ...report, written, removed }));
  else if (only) terminal.out(`${report.events} events: the ${report.files} files of ${out} are up to date`);
  else
    terminal.out(
      `${report.events} events: ${report.files} files, ${written.length} written, ${removed.length} removed`,
    );
}

/** The files of a folder that the reference may have generated, by path with `/`. */
async function generatedIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [below, name] of [...(await namesIn(folder)), ...(await namesIn(folder, 'schemas'))]) {
    const file = below === '' ? name : `${below}/${name}`;
    const text = await readFile(path.join(folder, file), 'utf8');
    if (isGenerated(file, text)) found.set(file, text);
  }
  return found;
}

async function namesIn(folder: string, below = ''): Promise<(readonly [string, string])[]> {
  try {
    const entries = await readdir(path.join(folder, below), { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => [below, name] as const);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
