/** What is fuzzed: code that reads bytes from outside. Each target throws when a guarantee does not hold. */

export interface Target {
  /** Inputs with which the search begins: valid ones, and ones that are nearly so. */
  readonly seeds: readonly Buffer[];
  /** Reads one input. */
  readonly run: (input: Buffer) => void | Promise<void>;
}

/** An input as headers and a body: lines `name: value`, an empty line, and the rest as it is. */
export interface Parts {
  /** Names and values in turn. */
  readonly head: readonly string[];
  readonly body: Buffer;
}

/** Reads a text of Latin-1, as Node reads headers. */
export function partsIn(input: Buffer): Parts {
  const end = input.indexOf('\n\n');
  const body = end < 0 ? Buffer.alloc(0) : input.subarray(end + 2);
  const head = (end < 0 ? input : input.subarray(0, end)).toString('latin1');
  const lines = head.split('\n').flatMap((line) => {
    const at = line.indexOf(': ');
    return at < 0 ? [] : [line.slice(0, at), line.slice(at + 2)];
  });
  return { head: lines, body };
}

export function inputOf(headers: Readonly<Record<string, string>>, body: Uint8Array | string): Buffer {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${head.join('\n')}\n\n`, 'latin1'), Buffer.from(body)]);
}

export function ensure(holds: boolean, guarantee: string): asserts holds {
  if (!holds) throw new Error(`it does not hold: ${guarantee}`);
}
