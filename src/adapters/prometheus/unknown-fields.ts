import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';

/**
 * Publishers choose the names of their fields, so a type counts only this many by name; the rest is counted as
 * `other`.
 */
const FIELDS_OF_A_TYPE = 20;
const LONGEST_FIELD = 64;

export function unknownFieldsCounter(registry: Registry): (type: string, fields: readonly string[]) => void {
  const counter = new Counter({
    name: 'sagaline_unknown_fields_total',
    help: 'Events with a field that their contract does not know; it was left out',
    labelNames: ['type', 'field'],
    registers: [registry],
  });
  const known = new Map<string, Set<string>>();
  return (type, fields) => {
    const names = known.get(type) ?? new Set();
    known.set(type, names);
    for (const field of fields) {
      const name = field.slice(0, LONGEST_FIELD);
      const isCounted = names.has(name) || names.size < FIELDS_OF_A_TYPE;
      if (isCounted) names.add(name);
      counter.inc({ type, field: isCounted ? name : 'other' });
    }
  };
}
