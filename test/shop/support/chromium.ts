import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const run = promisify(execFile);
const BINARIES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const INSTALL_MS = 300_000;

/** Debian's Chromium, without a window. As root it is installed if it is missing. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = BINARIES.find(existsSync) ?? (await installed());
  // Root has no sandbox; the pages are ours.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

async function installed(): Promise<string> {
  if (process.getuid?.() !== 0) throw new Error('Chromium is not installed: sudo apt-get install chromium');
  await run('apt-get', ['update', '-q'], { timeout: INSTALL_MS });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
    timeout: INSTALL_MS,
  });
  const found = BINARIES.find(existsSync);
  if (found === undefined) throw new Error('there is no Chromium after apt-get install chromium');
  return found;
}
