import { order } from '../../../domains/shop/workflows';
import { workflowIdOf } from '../../../src/contracts';
import type { Visited, Visitor } from '../../support/console-visitor';
import { visitConsole } from '../../support/console-visitor';
import { until } from '../../support/until';
import type { Asked } from './ask';
import { askPage } from './ask';
import { HOSTILE_KEY, LARGE_KEY, PLAIN_KEY } from './fill';

/** A read of the index of 50,000 dead letters, and counts of a hundred thousand workflows. */
const KNOWN_WITHIN_MS = 180_000;
/** Two turns of questions that no worker answers, of four seconds each: what the browser fetches once the page is there. */
export const UNANSWERED_MS = 12_000;

/** Every page of the console, with what its filters and forms lead to. */
export async function askPages(address: string, deadLetters: number): Promise<Asked[]> {
  const visitor = await visitConsole(address);
  const asked: Asked[] = [];
  const page = async (path: string, options?: { readonly mayTake: number }) =>
    asked.push(await askPage(path, () => visitor.open(path), options));
  const form = async (what: string, on: string, send: () => Promise<Visited>) => {
    const visit = async () => {
      await visitor.open(on);
      return send();
    };
    asked.push(await askPage(what, visit));
  };
  const [large, hostile] = [deadLetters - 1, deadLetters];

  await untilKnown(visitor);
  for (const path of ['/', '/struggling', '/streams', '/runbooks']) await page(path);
  for (const path of ['/struggling?wait=yes', '/live/stuck', '/live/sagas/stuck'])
    await page(path, { mayTake: UNANSWERED_MS });

  await page('/sagas');
  await page('/sagas?workflow=order');
  await page('/sagas?workflow=order&state=awaiting-decision');
  await page('/sagas?workflow=order&state=awaiting-delivery');
  await page(await nextOf(visitor, '/sagas'));
  await page(`/sagas?q=${PLAIN_KEY}`);
  await page('/sagas?q=nothing-like-this');
  for (const key of [PLAIN_KEY, LARGE_KEY, HOSTILE_KEY]) await page(`/sagas/${workflowIdOf(order, key)}`);
  await page('/sagas/hostile-type');

  await page('/dead-letters');
  await page('/dead-letters?all=yes');
  await page('/dead-letters?reason=late');
  await page('/dead-letters?reason=poison');
  await page('/dead-letters?context=orders&reason=expired&all=yes');
  await page(`/dead-letters?key=${PLAIN_KEY}`);
  await page('/dead-letters?key=nothing-like-this&all=yes');
  // In the midst of those that somebody has discarded.
  await page(`/dead-letters?cursor=${deadLetters - 600}`);
  await page('/dead-letters?cursor=60');
  for (const sequence of [7, large, hostile]) {
    const path = `/dead-letters/${sequence}`;
    await page(path);
    const action = `${path}/reveal`;
    await form(action, path, () => visitor.submit(action, { why: 'to see how large it is' }));
  }
  for (const action of ['redrive', 'discard'])
    await form(`/bulk/dead-letters ${action}`, '/dead-letters?reason=late', () =>
      visitor.submit('/bulk/dead-letters', { action }),
    );

  await page('/audit');
  await page('/audit?actor=nobody');
  await page('/audit?action=dead-letters.redrive&target=dead-letter+17');
  await page('/audit?unfinished=yes');
  await page('/audit?unfinished=yes&actor=nobody');
  await page(await nextOf(visitor, '/audit'));
  return asked;
}

/** Until the checks of the console's process have been through what there is. */
async function untilKnown(visitor: Visitor): Promise<void> {
  await until(
    'the overview knows all parts',
    async () => {
      const { body } = await visitor.open('/');
      return !body.includes('not checked yet') && !body.includes('still counting');
    },
    KNOWN_WITHIN_MS,
  );
}

async function nextOf(visitor: Visitor, path: string): Promise<string> {
  const { body } = await visitor.open(path);
  const next = /href="([^"]+)">Next page/.exec(body)?.[1];
  if (next === undefined) throw new Error(`${path} has no next page`);
  return next.replaceAll('&amp;', '&');
}
