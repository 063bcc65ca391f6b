import { instrumentModules, sourceOf } from './instrument.cjs';

/** Deep enough for Fastify, which calls a handler some twenty frames below the socket. */
const FRAMES = 60;
/** A line that the loader of the workflows' bundle prints (`instrument.cjs`). */
const ENTERED = /entered (src\/[^;]+);/g;

/** The code of `src` that ran between the start and the end of a trace. */
export interface Trace {
  /** In the order in which they were first entered. Files of the workflows' sandbox come last, because their order is unknown. */
  readonly files: readonly string[];
  /** Number of calls from one file into another, by `<from> > <to>`. */
  readonly hops: ReadonlyMap<string, number>;
  /** Number of times each file was entered from another one, or from a library. */
  readonly entries: ReadonlyMap<string, number>;
}

let active:
  | { files: Set<string>; sandboxed: Set<string>; hops: Map<string, number>; entries: Map<string, number> }
  | undefined;

/** Must run before the first module of `src` is loaded. */
export function prepareTracing(): void {
  Object.assign(globalThis, { __entered: entered });
  instrumentModules();
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = String(chunk);
    if (!text.includes('entered src/')) return write(chunk, ...(rest as []));
    for (const [, file = ''] of text.matchAll(ENTERED)) active?.sandboxed.add(file);
    // A pipe waits for the callback before it continues.
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
  // The caller was entered before the trace and continues after an `await`, as the consumer's loop does.
  active.files.add(caller);
  const hop = `${caller} > ${file}`;
  active.hops.set(hop, (active.hops.get(hop) ?? 0) + 1);
}

/** V8 has this method; the types of Node do not. */
type AsyncSite = NodeJS.CallSite & { isAsync(): boolean };

/** The nearest file of `src` that called the function; `undefined` if a library or the event loop called it. */
function callerOf(): string | undefined {
  const before = { ...Error };
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_, sites) => sites;
  const holder: { stack?: NodeJS.CallSite[] } = {};
  Error.captureStackTrace(holder, entered);
  // The first frame is the function itself. The frames after an `await` are those that wait for the function, not its callers.
  const [, ...sites] = holder.stack ?? [];
  Object.assign(Error, { prepareStackTrace: undefined }, before);
  for (const site of sites) {
    if ((site as AsyncSite).isAsync()) return undefined;
    const file = sourceOf(site.getFileName() ?? undefined);
    if (file) return file;
  }
  return undefined;
}

/** The part that several traces have in common. Code that runs by the clock, beside the event, is in some of them only. */
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
