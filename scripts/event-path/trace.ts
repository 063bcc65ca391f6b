import { instrumentModules, sourceOf } from './instrument.cjs';

/** Deep enough for Fastify, which calls a handler some twenty frames below the socket. */
const FRAMES = 60;
/** As the loader of the workflows' bundle writes it (`instrument.cjs`). */
const ENTERED = /entered (src\/[^;]+);/g;

/** What ran of `src` between the start and the end of a trace. */
export interface Trace {
  /** In the order in which they were first entered; of the workflows' sandbox, where only files are known, the last ones. */
  readonly files: readonly string[];
  /** A call from one file into another, as `<from> > <to>`, with how often it was made. */
  readonly hops: ReadonlyMap<string, number>;
  /** How often each file was entered from another one, or from a library. */
  readonly entries: ReadonlyMap<string, number>;
}

let active:
  | { files: Set<string>; sandboxed: Set<string>; hops: Map<string, number>; entries: Map<string, number> }
  | undefined;

/** Has to run before the first module of `src` is loaded. */
export function prepareTracing(): void {
  Object.assign(globalThis, { __entered: entered });
  instrumentModules();
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = String(chunk);
    if (!text.includes('entered src/')) return write(chunk, ...(rest as []));
    for (const [, file = ''] of text.matchAll(ENTERED)) active?.sandboxed.add(file);
    // A pipe waits for it before it goes on.
    for (const each of rest) if (typeof each === 'function') (each as () => void)();
    return true;
  };
}

export function startTrace(): void {
  active = { files: new Set(), sandboxed: new Set(), hops: new Map(), entries: new Map() };
}

export function endTrace(): Trace {
  if (!active) throw new Error('no trace was started');
  const { files, sandboxed, hops, entries } = active;
  active = undefined;
  return { files: [...new Set([...files, ...sandboxed])], hops, entries };
}

function entered(file: string): void {
  if (!active) return;
  active.files.add(file);
  const caller = callerOf();
  if (caller === file) return;
  active.entries.set(file, (active.entries.get(file) ?? 0) + 1);
  if (caller === undefined) return;
  // One that was entered before, and goes on behind an `await`: the consumer's loop.
  active.files.add(caller);
  const hop = `${caller} > ${file}`;
  active.hops.set(hop, (active.hops.get(hop) ?? 0) + 1);
}

/** As V8 has it, and the types of Node do not. */
type AsyncSite = NodeJS.CallSite & { isAsync(): boolean };

/** The nearest file of `src` that has called the function; `undefined` where a library or the event loop has. */
function callerOf(): string | undefined {
  const before = { ...Error };
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_, sites) => sites;
  const holder: { stack?: NodeJS.CallSite[] } = {};
  Error.captureStackTrace(holder, entered);
  // The first frame is the function itself. Behind an `await` there are those who wait for it, not who called it.
  const [, ...sites] = holder.stack ?? [];
  Object.assign(Error, { prepareStackTrace: undefined }, before);
  for (const site of sites) {
    if ((site as AsyncSite).isAsync()) return undefined;
    const file = sourceOf(site.getFileName() ?? undefined);
    if (file) return file;
  }
  return undefined;
}

/** What every one of several traces has: what runs by the clock, beside the event, is in one or the other only. */
export function common(traces: readonly Trace[]): Trace {
  const [first, ...others] = traces;
  if (!first) throw new Error('nothing was traced');
  return {
    files: first.files.filter((file) => others.every(({ files }) => files.includes(file))),
    hops: fewest(
      first.hops,
      others.map(({ hops }) => hops),
    ),
    entries: fewest(
      first.entries,
      others.map(({ entries }) => entries),
    ),
  };
}

function fewest(first: ReadonlyMap<string, number>, others: readonly ReadonlyMap<string, number>[]) {
  const counts = [...first].map(([name, count]) => {
    return [name, Math.min(count, ...others.map((each) => each.get(name) ?? 0))] as const;
  });
  return new Map(counts.filter(([, count]) => count > 0));
}
