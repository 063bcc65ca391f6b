import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, problem } = findingsOf('search-attributes');

export function checkSearchAttributes(missing: readonly string[], namespace: string): Finding[] {
  const where = `TEMPORAL_NAMESPACE ${namespace}`;
  if (missing.length === 0) return [ok(where, 'has the search attributes')];
  const names = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  return [
    problem({
      ...{ code: 'search-attribute-missing', where },
      what: `has no search attribute ${missing.join(', ')}: Temporal refuses every new workflow`,
      remedy: `"npx sagaline doctor --fix", or "temporal operator search-attribute create --namespace ${namespace} ${names}"`,
    }),
  ];
}
