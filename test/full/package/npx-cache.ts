import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** npx keeps what it has installed of a tarball, some 200 MB for each path that one had. @param folder that held the tarball */
export function forgetInNpx(folder: string): void {
  const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  const kept = path.join(cache, '_npx');
  for (const name of existsSync(kept) ? readdirSync(kept) : []) {
    const made = path.join(kept, name, 'package.json');
    if (existsSync(made) && readFileSync(made, 'utf8').includes(`${path.basename(folder)}/`))
      rmSync(path.dirname(made), { recursive: true, force: true });
  }
}
