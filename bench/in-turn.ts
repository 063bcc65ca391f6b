import type { CliContextOptions, Testbed } from './testbed';
import { inTestbed } from './testbed';

/** The same work with something and without it. */
export interface Both<Measured> {
  readonly on: Measured;
  readonly off: Measured;
}

/** A side of a comparison in its testbed. */
export interface Opened<Measured> {
  readonly measure: (run: string) => Promise<Measured>;
  readonly close: () => Promise<void>;
}

export interface Sided<Measured> {
  readonly options: CliContextOptions;
  readonly open: (testbed: Testbed) => Promise<Opened<Measured>>;
}

/** Measures two testbeds that are up at the same time, in turn, so that a machine that gets slower does so for both. */
export async function inTurn<Measured extends object>(
  sides: Both<Sided<Measured>>,
  rounds: { readonly repeats: number; readonly warmUps: number; readonly say: (line: string) => void },
): Promise<Both<Measured>[]> {
  const { repeats, warmUps, say } = rounds;
  return inTestbed(sides.on.options, (one) =>
    inTestbed(sides.off.options, async (other) => {
      const [on, off] = [await sides.on.open(one), await sides.off.open(other)];
      try {
        for (let n = 1; n <= warmUps; n++) for (const side of [on, off]) await side.measure(`warm-up${n}`);
        const measured: Both<Measured>[] = [];
        for (let n = 1; n <= repeats; n++) {
          // The sides take turns in going first: the servers get slower as they fill.
          const first = n % 2 === 1 ? await on.measure(`round${n}`) : undefined;
          const plainly = await off.measure(`round${n}`);
          measured.push({ on: first ?? (await on.measure(`round${n}`)), off: plainly });
          say(`round ${n}: ${JSON.stringify(measured.at(-1))}`);
        }
        return measured;
      } finally {
        await on.close();
        await off.close();
      }
    }),
  );
}
