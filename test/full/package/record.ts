import { errorMessage } from '../../../src/contracts';
import type { Say } from '../../../demo/command-line';

/** What one newcomer did: each step with its time, and what there is to say of it. */
export interface Record {
  step(name: string, work: () => Promise<string>): Promise<void>;
  table(): string;
  /** Of all steps. */
  seconds(): number;
}

interface Row {
  readonly name: string;
  readonly seconds: number;
  readonly note: string;
}

export function createRecord(say: Say): Record {
  const rows: Row[] = [];
  return {
    async step(name, work) {
      const begun = performance.now();
      const note = await work().catch((cause: unknown) => {
        throw new Error(`${name}: ${errorMessage(cause)}`, { cause });
      });
      const row = { name, seconds: secondsSince(begun), note };
      rows.push(row);
      say(inWords(row));
    },
    table: () => rows.map(inWords).join('\n'),
    seconds: () => rows.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

const WIDTH = 48;

function inWords({ name, seconds, note }: Row): string {
  return `${name.padEnd(WIDTH)} ${seconds.toFixed(1).padStart(6)} s   ${note}`.trimEnd();
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1_000;
}
