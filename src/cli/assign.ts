import type { Assignment } from './options';
import { CliError } from './exit';

/**
 * Returns a copy with values set. If the present value is text, the new value is taken as text; otherwise it is parsed as JSON if
 * possible. Only the last step of a path may be new.
 */
export function withValues(event: unknown, assignments: readonly Assignment[]): unknown {
  const changed: unknown = structuredClone(event);
  for (const { path, value } of assignments) {
    const last = path.at(-1) ?? '';
    let place: unknown = changed;
    for (const step of path.slice(0, -1)) place = inside(place, step);
    if (!isContainer(place) || FORBIDDEN.has(last)) throw noSuchPlace(path);
    place[last] = typeof place[last] === 'string' ? value : jsonOr(value);
  }
  return changed;
}

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function inside(place: unknown, step: string): unknown {
  return isContainer(place) && Object.hasOwn(place, step) ? place[step] : undefined;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function noSuchPlace(path: readonly string[]): CliError {
  return new CliError('no-such-place', `the event has no place ${path.join('.')}`);
}
