import { payloadTexts } from '../../adapters/temporal';
import type { StreamReader } from '../../contracts';
import { sealedParts, storedIn } from '../../contracts';
import { createDataKeys, createPersonalData } from '../../security/personal';
import type { CliContext } from '../context';
import { masterKeys } from './keys';
import { workflowsOf } from './processes';

/** Processes and values that are read. A data subject has fewer. */
const MOST_PROCESSES = 50;
const MOST_VALUES = 500;
const MOST_MESSAGES = 1_000;

/** How many sealed values of the keys are in a place, and how many of them open. */
export interface Proof {
  readonly place: 'effects' | 'events' | 'dead letters' | 'histories';
  readonly values: number;
  readonly readable: number;
}

/** Tries to open what is stored for these keys, with all keys at hand. */
export async function prove(
  cliContext: CliContext,
  { keyIds, processes }: { readonly keyIds: readonly string[]; readonly processes: readonly string[] },
): Promise<Proof[]> {
  const personal = createPersonalData(createDataKeys(cliContext.database(), masterKeys(cliContext)));
  const keys = processes.slice(0, MOST_PROCESSES);
  const known = new Set(keyIds);
  const tried = async (place: Proof['place'], texts: readonly string[]): Promise<Proof> => {
    const values = [...new Set(texts.flatMap((text) => sealedWithin(text, known)))].slice(0, MOST_VALUES);
    let readable = 0;
    for (const value of values) {
      const isReadable = await personal.open(value).then(
        () => true,
        () => false,
      );
      if (isReadable) readable++;
    }
    return { place, values: values.length, readable };
  };
  const { deadLetters } = await cliContext.deadLetters();
  return [
    await tried('effects', await effectsOf(cliContext, keys)),
    await tried(
      'events',
      await messagesOf(await cliContext.events(), keys, (key) => `${storedIn.anywhere}.*.*.*.${key}`),
    ),
    await tried('dead letters', await messagesOf(deadLetters, keys, (key) => `dlq.*.*.${key}`)),
    await tried('histories', await historiesOf(cliContext, keys)),
  ];
}

const SEALED = /sealed\.v1\.[\w.-]+/g;

function sealedWithin(text: string, keyIds: ReadonlySet<string>): string[] {
  return [...text.matchAll(SEALED)].flatMap(([value]) =>
    keyIds.has(sealedParts(value)?.keyId ?? '') ? [value] : [],
  );
}

async function effectsOf(cliContext: CliContext, keys: readonly string[]): Promise<string[]> {
  const rows = await cliContext
    .database()
    .query<{ text: string }>(
      `select concat(request, result) as text from sagaline.effects where split_part(key, ':', 1) = any($1)`,
      [keys],
    );
  return rows.map(({ text }) => text);
}

async function messagesOf(
  reader: StreamReader,
  keys: readonly string[],
  subjectsOf: (key: string) => string,
): Promise<string[]> {
  const texts: string[] = [];
  for (const key of keys) {
    for (let from = 1; texts.length < MOST_MESSAGES;) {
      const message = await reader.next(subjectsOf(key), from);
      if (!message) break;
      texts.push(Buffer.from(message.body).toString('utf8'));
      from = message.sequence + 1;
    }
  }
  return texts;
}

async function historiesOf(cliContext: CliContext, keys: readonly string[]): Promise<string[]> {
  const temporal = await cliContext.temporal();
  const texts: string[] = [];
  for (const { workflowId, runId } of await workflowsOf(cliContext, keys))
    texts.push(...(await payloadTexts(temporal, workflowId, runId)));
  return texts;
}
