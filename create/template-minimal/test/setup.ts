import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { bundleForTests } from 'sagaline/testing';

const WORKFLOWS = path.resolve(__dirname, '../workflows');

/** Bundles the workflows of each pool once for all tests. */
export default function setup(): Promise<void> {
  const pools = readdirSync(WORKFLOWS).filter((name) => existsSync(path.join(WORKFLOWS, name, 'index.ts')));
  return bundleForTests(Object.fromEntries(pools.map((pool) => [pool, path.join(WORKFLOWS, pool)])));
}
