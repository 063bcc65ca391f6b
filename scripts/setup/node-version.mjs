// Checks that this Node is one of the versions in package.json, with a clear message: npm only warns, and then some package fails
// somewhere. This runs before any package is installed, semver included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';

/** Throws `Problem` for a version of Node on which some packages do not run. */
export function checkNode(root, version) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const ranges = engines.node.split(' || ').map(parse);
  const [major, minor] = version.split('.').map(Number);
  if (ranges.some((range) => contains(range, major, minor))) return;
  throw new Problem(`Sagaline needs Node ${ranges.map(inWords).join(' or ')}; this is ${version}.`, [
    'Install a newer Node (its LTS version, from your system, nvm or fnm), and try again.',
  ]);
}

/** The two forms that package.json uses: `^20.19` means that major version from that minor on, and `>=24`. */
function parse(range) {
  const [, operator, major, minor] = /^(\^|>=)(\d+)(?:\.(\d+))?$/.exec(range);
  return { andNewer: operator === '>=', major: Number(major), minor: Number(minor ?? 0) };
}

function contains(range, major, minor) {
  return major === range.major ? minor >= range.minor : range.andNewer && major > range.major;
}

function inWords({ andNewer, major, minor }) {
  if (andNewer) return `${major} and newer`;
  return `${major} (from ${major}.${minor})`;
}
