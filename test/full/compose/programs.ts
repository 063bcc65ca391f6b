// Docker Compose, from the Go module proxy: Debian has none of the second version.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, go } from '../../../scripts/go';

const COMPOSE_VERSION = '2.40.3';
const MODULE = 'github.com/docker/compose/v2';

/**
 * Builds Docker Compose: seven minutes on two cores the first time, then nothing.
 *
 * @returns the plugin, which runs alone too
 */
export async function buildCompose(log: (line: string) => void): Promise<string> {
  const folder = await cached(`docker-compose-${COMPOSE_VERSION}`, async (into) => {
    log(`building Docker Compose ${COMPOSE_VERSION} …`);
    const since = Date.now();
    await writeFile(
      path.join(into, 'tools.go'),
      `//go:build tools\n\npackage tools\n\nimport _ "${MODULE}/cmd"\n`,
    );
    await writeFile(path.join(into, 'go.mod'), await moduleOf());
    await go(['mod', 'tidy'], { cwd: into });
    await go(
      [
        ...['build', '-p', '2', '-trimpath', '-o', path.join(into, 'docker-compose')],
        ...['-ldflags', `-s -w -X ${MODULE}/internal.Version=v${COMPOSE_VERSION}`],
        `${MODULE}/cmd`,
      ],
      { cwd: into, env: { CGO_ENABLED: '0' } },
    );
    log(`built in ${Math.round((Date.now() - since) / 1_000)} s`);
  });
  return path.join(folder, 'docker-compose');
}

/** A module's `exclude` lines do not reach those who require it: they are repeated. */
async function moduleOf(): Promise<string> {
  const { GoMod } = JSON.parse(await go(['mod', 'download', '-json', `${MODULE}@v${COMPOSE_VERSION}`])) as {
    readonly GoMod: string;
  };
  const text = await readFile(GoMod, 'utf8');
  const [language = ''] = /^go .+$/m.exec(text) ?? [];
  const excluded = [...text.matchAll(/^exclude (?:\(\n[^]*?^\)|\S+ \S+)/gm)].map(([line]) => line);
  return ['module compose', language, `require ${MODULE} v${COMPOSE_VERSION}`, ...excluded, ''].join('\n\n');
}
