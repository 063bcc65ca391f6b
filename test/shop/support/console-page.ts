import path from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { environment } from '../../../src/config';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1200, height: 800 };

/** A page of the console in a browser, and what must not happen there. */
export interface ConsolePage {
  readonly page: Page;
  /** What must stay empty: errors, dialogs that nobody asked for, requests to another host. */
  readonly complaints: string[];
  signIn(token: string): Promise<void>;
  /** Nothing serious for people who cannot see it, or use the keyboard alone; and nothing that a phone has to scroll sideways. */
  checkPage(): Promise<void>;
  /** With CONSOLE_IMAGES=<folder> it takes a picture of docs/console.md. */
  picture(name: string): Promise<void>;
  /** Ends the page. @throws if something ran that was to be shown only */
  close(): Promise<void>;
}

export async function openConsolePage(browser: Browser, address: string): Promise<ConsolePage> {
  const complaints: string[] = [];
  const context = await browser.newContext({ viewport: DESK });
  const page = await context.newPage();
  page.on('console', (message) => {
    // The answer to a refused form is a page with a status of its own, which Chromium reports.
    if (message.type() === 'error' && !/status of (404|409|422)/.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    if (!/^(retry|skip|done-by-hand|Redrive|Discard|Start|Pause|Send|Move)/.test(dialog.message()))
      complaints.push(dialog.message());
    void dialog.accept();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      complaints.push(request.url());
  });
  return {
    ...{ page, complaints },
    signIn: async (token) => {
      await page.goto(`${address}/audit`);
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Audit' }).waitFor();
    },
    checkPage: async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      }
      await page.setViewportSize(PHONE);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
      await page.setViewportSize(DESK);
      await page.emulateMedia({ colorScheme: 'light' });
    },
    picture: async (name) => {
      const folder = environment()['CONSOLE_IMAGES'];
      if (folder === undefined) return;
      await page.screenshot({ path: path.join(folder, `console-${name}.png`) });
    },
    close: async () => {
      const hacked = await page.evaluate('window.hacked');
      await context.close();
      expect(hacked).toBeUndefined();
    },
  };
}
