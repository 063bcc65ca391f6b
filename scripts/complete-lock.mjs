// npm leaves optional packages of other platforms out of the lock file if its registry does not offer them, and then `npm ci`
// refuses the lock. This script adds them as npm would: name, version and platform.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = process.argv[2] ?? 'package-lock.json';
const CPUS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'];
const OSES = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) throw new Error(`${name}: ${version} is no exact version`);
    const words = name.split(/[/-]/);
    const os = OSES.find((word) => words.includes(word));
    const cpu = CPUS.find((word) => words.includes(word));
    if (os === undefined || cpu === undefined) throw new Error(`which platform is ${name} for?`);
    const libc = words.includes('musl')
      ? { libc: ['musl'] }
      : words.includes('gnu')
        ? { libc: ['glibc'] }
        : {};
    const dev = entry.dev === true ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...dev,
      ...libc,
      optional: true,
      os: [os],
    };
  }
}
const { '': root, ...rest } = lock.packages;
const sorted = Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = { '': root, ...Object.fromEntries(sorted) };
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);

function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (`${folder}${folder === '' ? '' : '/'}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}
