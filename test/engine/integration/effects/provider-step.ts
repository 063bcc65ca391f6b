import type { Database, Transaction } from '../../../../src/adapters/postgres';
import type { ExternalReversal, ExternalStep } from '../../../../src/effects';
import { createScript } from 'sagaline/testing';

/** What is asked of the provider: `find` and `call` by the step, `find`, `claim` and `reverse` by its compensation. */
type Call = 'find' | 'call' | 'claim' | 'reverse';

/** A step at a provider that remembers its keys, with the script of what happens on the way to it and back. */
export function providerStep<Result extends string | null>(key: string, answer: Result) {
  const script = createScript<Call>();
  const made = new Set<string>();

  /** The step's call and its repetition by the compensation are the same request to the provider. */
  function makeOnce(call: 'call' | 'claim'): Result {
    if (!made.has(key)) {
      script.refuseIfTold(call);
      made.add(key);
      script.tookEffect('call');
    }
    return answer;
  }

  const find = () => script.play('find', key, () => (made.has(key) ? answer : undefined));
  const step: ExternalStep<Result> = {
    key,
    find,
    call: () => script.play('call', key, () => makeOnce('call')),
    record: (tx) => note(tx, key, 'done'),
  };
  const reversal: ExternalReversal<Result> = {
    key,
    find,
    claim: () => script.play('claim', key, () => makeOnce('claim')),
    reverse: (result) => script.play('reverse', result, () => script.tookEffect('reverse')),
    record: (tx) => note(tx, key, 'compensated'),
  };
  return { script, step, reversal, asked: () => script.calls.map((call) => call.step) };
}

/** A table for what the steps write down. */
export async function createNotes(database: Database): Promise<void> {
  await database.query('create table notes (id serial, key text not null, what text not null)');
}

async function note(tx: Transaction, key: string, what: string): Promise<void> {
  await tx.query('insert into notes (key, what) values ($1, $2)', [key, what]);
}

/** What was written down for a key, in order. */
export async function notesOf(database: Database, key: string): Promise<string[]> {
  const rows = await database.query<{ what: string }>('select what from notes where key = $1 order by id', [
    key,
  ]);
  return rows.map(({ what }) => what);
}

export async function stateOf(database: Database, key: string): Promise<string | undefined> {
  const [row] = await database.query<{ state: string }>('select state from sagaline.effects where key = $1', [
    key,
  ]);
  return row?.state;
}
