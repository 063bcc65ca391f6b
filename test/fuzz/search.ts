/** Searches inputs on which a target throws, in a thread of its own: it may hang. */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { createNovelty, instrument } from './coverage';
import { mutated, randomOf } from './mutate';
import type { Target } from './targets/target';

export interface SearchOptions {
  readonly name: string;
  readonly seconds: number;
  readonly seed: number;
  /** Its first four bytes are the number of inputs so far, the next four the length of the current one, which follows. */
  readonly shared: SharedArrayBuffer;
}

export interface Found {
  readonly executions: number;
  readonly corpus: number;
  /** Statements and branches of `src`. */
  readonly reached: number;
  readonly crash?: { readonly input: Uint8Array; readonly message: string };
}

/** An input of at most 4 KiB is read in far less. */
const SLOW_MS = 1_000;

async function search({ name, seconds, seed, shared }: SearchOptions): Promise<Found> {
  const dictionary = instrument();
  // Loaded after the counters are in place.
  const { TARGETS } = createRequire(__filename)('./targets') as { TARGETS: Readonly<Record<string, Target>> };
  const target = TARGETS[name];
  if (!target) throw new Error(`there is no target ${name}`);
  const words = [...dictionary];
  const random = randomOf(seed);
  const novelty = createNovelty();
  const progress = new Int32Array(shared, 0, 2);
  const current = new Uint8Array(shared, 8);
  const corpus: Buffer[] = [];
  const end = Date.now() + seconds * 1_000;
  let executions = 0;

  const found = (crash?: Found['crash']): Found => ({
    ...{ executions, corpus: corpus.length, reached: novelty.reached() },
    ...(crash && { crash }),
  });
  const seeds = [...target.seeds];
  while (Date.now() < end || seeds.length > 0) {
    const next =
      seeds.pop() ?? mutated(corpus[random(corpus.length)] ?? Buffer.alloc(0), { corpus, words }, random);
    progress[1] = next.length;
    current.set(next);
    Atomics.store(progress, 0, ++executions);
    novelty.begin();
    let took: number;
    try {
      took = await timed(target, next);
    } catch (error) {
      return found({ input: next, message: error instanceof Error ? (error.stack ?? '') : String(error) });
    }
    // A busy machine takes a second for anything, but not three times in a row.
    for (let again = 0; again < 2 && took > SLOW_MS; again++) took = await timed(target, next);
    if (took > SLOW_MS) return found({ input: next, message: `it took ${Math.round(took)} ms` });
    if (novelty.isNew()) corpus.push(Buffer.from(next));
  }
  return found();
}

async function timed({ run }: Target, input: Buffer): Promise<number> {
  const began = performance.now();
  await run(input);
  return performance.now() - began;
}

void search(workerData as SearchOptions).then((found) => parentPort?.postMessage(found));
