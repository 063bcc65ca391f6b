/**
 * `npm run test:full -- console-load`: the console and the command line on a large system, with texts that attack the page that shows
 * them. Each page comes within a second, has less than 1 MB and is not blank. Arguments: open workflows, dead letters. The
 * development server starts some 50 to 300 workflows a second: 100,000 take half an hour on a busy machine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { table } from '../../src/cli/table';
import type { ShopProcesses } from '../shop/support/shop-processes';
import { startShopProcesses } from '../shop/support/shop-processes';
import { rolesWith } from '../support/roles';
import { askPages } from './console-load/pages';
import type { Asked } from './console-load/ask';
import { memoryOf } from './console-load/ask';
import { installBuilt } from './console-load/built';
import { fill } from './console-load/fill';
import { askVerbs } from './console-load/verbs';
import { numberGiven } from './number';

const WORKFLOWS = numberGiven('open workflows', 25_000);
const DEAD_LETTERS = numberGiven('dead letters', 50_000, 1);

say(
  `Budget: 30 minutes for ${WORKFLOWS} open workflows, ${DEAD_LETTERS} dead letters, and each page and verb.`,
);

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-load-'));
  let shop: ShopProcesses | undefined;
  try {
    await installBuilt(folder);
    shop = await startShopProcesses({});
    await fill(shop, { workflows: WORKFLOWS, deadLetters: DEAD_LETTERS, say });
    const roles = rolesWith(shop.settings, { installed: folder });
    try {
      const { pid } = await roles.start('console');
      const before = await memoryOf(pid);
      const pages = await askPages(`http://127.0.0.1:${shop.settings['CONSOLE_PORT']}`, DEAD_LETTERS);
      const after = await memoryOf(pid);
      const verbs = await askVerbs(shop.settings, DEAD_LETTERS);
      say(report([...pages, ...verbs]));
      say(
        `memory of the console's process: ${before.now} MiB before, ${after.now} after, ${after.peak} at most`,
      );
      if ([...pages, ...verbs].some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
    } finally {
      await roles.stop();
    }
  } finally {
    await shop?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function report(asked: readonly Asked[]): string {
  return table(
    ['asked', 'ms', 'KiB', 'wrong'],
    asked.map(({ what, ms, bytes, wrong }) => [
      what,
      ms.toFixed(0),
      (bytes / 1_024).toFixed(1),
      wrong.join('; '),
    ]),
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
