// `npm run sbom`: writes dist/sbom.cdx.json, the packages of the image as CycloneDX. npm lists all packages of the lock file, because
// `npm sbom --omit dev` leaves out peer packages, which the image has (npm 11.19). Those that only development needs are taken out.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const MOST_BYTES = 64 * 1024 * 1024;

const listed = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  encoding: 'utf8',
  maxBuffer: MOST_BYTES,
});
const all = JSON.parse(listed);

const components = all.components.filter(
  ({ scope, properties = [] }) =>
    scope !== 'optional' && !properties.some(({ name }) => name === 'cdx:npm:package:development'),
);
const kept = new Set([all.metadata.component['bom-ref'], ...components.map((each) => each['bom-ref'])]);
const dependencies = all.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));

mkdirSync('dist', { recursive: true });
writeFileSync(
  'dist/sbom.cdx.json',
  `${JSON.stringify({ ...all, components, dependencies }, undefined, 2)}\n`,
);
process.stdout.write(`dist/sbom.cdx.json: ${components.length} packages\n`);
