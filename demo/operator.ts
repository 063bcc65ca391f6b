import { runCli } from '../src/cli';
import { shop } from '../domains/shop';
import type { Shop } from './shop';

/** The output of `npx sagaline`. */
export interface Said {
  readonly code: number;
  /** Standard output, or the error, as JSON. */
  readonly answer: Readonly<Record<string, unknown>>;
}

/** Runs a command of an operator on the demo's own stack. */
export async function operator({ local }: Shop, ...args: string[]): Promise<Said> {
  const said: string[] = [];
  const code = await runCli([...args, '-o', 'json'], {
    domains: [shop],
    environment: local.environment,
    user: OPERATOR,
    terminal: {
      out: (text) => void said.push(text),
      error: (text) => void said.push(text),
      input: () => Promise.resolve(new Uint8Array()),
      file: () => Promise.reject(new Error('the operator has no files')),
      interrupted: new AbortController().signal,
    },
  });
  return { code, answer: JSON.parse(said.join('\n')) as Said['answer'] };
}

/** The carrier confirms on the phone that the parcel has arrived, and a person decides so. */
export function arrivedByPhone(shop: Shop, workflowId: string): Promise<Said> {
  const reason = ['--reason', 'the carrier says on the phone that it is there'];
  return operator(shop, 'sagas', 'decide', workflowId, 'done-by-hand', ...reason);
}

const OPERATOR = 'ada';

/** The operator's name on record: that of the token, where there is one. */
export const operatorOf = ({ local }: Shop): string => (local.secured ? 'operator' : OPERATOR);
