// Whether this Node is one of those that package.json names, said in a sentence: npm only warns of another one, and what
// then fails is some package, somewhere. This runs before any package is installed, semver too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';

/** Throws `Problem` for a version of Node on which not every package runs. */
export function checkNode(root, version) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const ranges = engines.node.split(' || ').map(parse);
  const [major, minor] = version.split('.').map(Number);
  if (ranges.some((range) => contains(range, major, minor))) return;
  throw new Problem(`Sagaline needs Node ${ranges.map(inWords).join(' or ')}; this is ${version}.`, [
    'Install a newer Node (its LTS version, from your system, nvm or fnm), and try again.',
  ]);
}

/** The two forms that package.json uses: `^20.19`, that major from that minor on, and `>=24`. */
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
