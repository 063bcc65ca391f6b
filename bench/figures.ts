import { cpus, totalmem } from 'node:os';

/** One measured value, as the JSON has it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Lowest and highest of the repeats. */
  readonly spread: readonly [number, number];
  /** The target; absent when a figure is only reported. */
  readonly target?: string | undefined;
  readonly met?: boolean | undefined;
}

/** The results of a run, and the machine. */
export interface Report {
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** The subject of a figure: its name up to the colon. */
export function subjectOf({ name }: Figure): string {
  return name.slice(0, name.indexOf(': '));
}

/** The target of a figure. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

export function figure(name: string, unit: string, repeats: readonly number[], target?: Target): Figure {
  const value = median(repeats);
  const spread = [Math.min(...repeats), Math.max(...repeats)] as const;
  if (!target) return { name, value, unit, spread };
  return 'atLeast' in target
    ? { name, value, unit, spread, target: `≥ ${target.atLeast}`, met: value >= target.atLeast }
    : { name, value, unit, spread, target: `≤ ${target.atMost}`, met: value <= target.atMost };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? NaN, sorted[Math.floor(middle)] ?? NaN];
  return (low + high) / 2;
}

/** A value with three significant digits at most. */
export function inDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(Number.isInteger(value) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

export function inWords({ name, value, unit, spread: [least, most], target, met }: Figure): string {
  const range = `${inDigits(least)} to ${inDigits(most)}`;
  const verdict = target === undefined ? '' : `   ${target}: ${met === true ? 'met' : 'NOT MET'}`;
  return `${name.padEnd(76)} ${inDigits(value).padStart(6)} ${unit.padEnd(3)}  (${range})${verdict}`;
}

export function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${gib} GiB, Node ${process.versions.node}, ${process.platform}`;
}
