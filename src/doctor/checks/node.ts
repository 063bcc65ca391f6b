import { satisfies } from 'semver';
import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, problem } = findingsOf('node');

/** @param range the versions on which Sagaline is tested, from its package.json */
export function checkNode(version: string, range: string): Finding[] {
  const where = `Node.js ${version}`;
  if (satisfies(version, range)) return [ok(where, `is one of ${range}`)];
  return [
    problem({
      code: 'node-version',
      where,
      what: `is not one of ${range}, on which Sagaline runs`,
      remedy: 'install Node.js 20, 22 or 24, such as "nvm install 24"',
    }),
  ];
}
