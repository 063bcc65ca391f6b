/** What a person asks of a console and a command line, and what must hold for each answer. */
import { readFile } from 'node:fs/promises';
import { shop } from '../../../domains/shop';
import { runCli } from '../../../src/cli';
import { visible } from '../../../src/contracts';
import type { Visited } from '../../support/console-visitor';
import { HOSTILE } from '../../support/troubled-system';

const MOST_MS = 1_000;
const MOST_BYTES = 1_000_000;
/** A page with less has nothing but its frame. */
const LEAST_BYTES = 1_000;

export interface Asked {
  readonly what: string;
  readonly ms: number;
  readonly bytes: number;
  /** What is wrong with it; empty if nothing is. */
  readonly wrong: readonly string[];
}

/**
 * Each page twice, and the faster one counts: other work on the machine is not the page's.
 *
 * @param mayTake milliseconds; what waits for workers that do not answer takes longer
 */
export async function askPage(
  what: string,
  visit: () => Promise<Visited>,
  { mayTake = MOST_MS }: { readonly mayTake?: number } = {},
): Promise<Asked> {
  const [first, second] = [await visit(), await visit()];
  const ms = Math.min(first.ms, second.ms);
  const { bytes, body } = second;
  const [, main = body] = body.split('<main');
  const wrong = [
    ...(second.status === 200 ? [] : [`status ${second.status}`]),
    ...(ms <= mayTake ? [] : ['slow']),
    ...(bytes <= MOST_BYTES ? [] : ['large']),
    ...(bytes >= LEAST_BYTES || !body.includes('<html') ? [] : ['blank']),
    ...(/<img|<script>|\u202e/.test(main) || body.includes(HOSTILE) ? ['hostile text is not escaped'] : []),
    ...(main.match(/no answer within[^<]*|statement timeout[^<]*/g) ?? []),
  ];
  return { what, ms, bytes, wrong };
}

/** @param mayTake milliseconds; a verb that waits for workers, or goes through all it finds, takes longer than a page */
export async function askVerb(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  { mayTake = MOST_MS, mayHave = MOST_BYTES }: { readonly mayTake?: number; readonly mayHave?: number } = {},
): Promise<Asked> {
  const said: string[] = [];
  const since = performance.now();
  const code = await runCli(args, {
    domains: [shop],
    environment,
    user: 'tester',
    terminal: {
      // As a terminal gets it.
      out: (text) => void said.push(visible(text)),
      error: (text) => void said.push(visible(text)),
      input: () => Promise.resolve(new Uint8Array()),
      file: () => Promise.reject(new Error('there are no files')),
      interrupted: new AbortController().signal,
    },
  });
  const ms = performance.now() - since;
  const text = said.join('\n');
  const bytes = Buffer.byteLength(text);
  const wrong = [
    ...(code === 0 ? [] : [`exit code ${code}: ${text.slice(0, 200)}`]),
    ...(ms <= mayTake ? [] : ['slow']),
    ...(bytes <= mayHave ? [] : ['large']),
    ...(text === '' ? ['blank'] : []),
  ];
  return { what: `sagaline ${args.join(' ')}`, ms, bytes, wrong };
}

/** Resident memory of a process at present and at most, in MiB. */
export async function memoryOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024);
  return { now: mib('VmRSS'), peak: mib('VmHWM') };
}
