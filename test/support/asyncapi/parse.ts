import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** Loading the parser takes a second or two of a core; on a busy machine, several times that. */
const PARSE_MS = 60_000;

export interface AsyncApiReading {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly message: string;
    readonly path: readonly (string | number)[];
    /** 0: an error. */
    readonly severity: number;
  }[];
  readonly channels: number;
  readonly operations: number;
  readonly messages: number;
}

/** The result of AsyncAPI's own parser for a document. */
export async function parseAsyncApi(document: string): Promise<AsyncApiReading> {
  const child = spawn(process.execPath, [path.join(__dirname, 'parser-process.mjs')], {
    timeout: PARSE_MS,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(document);
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return JSON.parse(output) as AsyncApiReading;
}
