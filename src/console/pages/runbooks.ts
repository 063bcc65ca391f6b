/** The runbooks of the alerts, as docs/runbooks.md has them: the person on call may have no other way to read them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { note } from '../views/parts';
import { runbooksBody } from '../views/runbooks';
import type { AddPages } from './page-parts';

/** The same path from the sources and from what is built of them. */
const RUNBOOKS = path.join(__dirname, '..', '..', '..', 'docs', 'runbooks.md');

export const runbookPages: AddPages = (app) => {
  app.get('/runbooks', async (_request, reply) => {
    const text = await readFile(RUNBOOKS, 'utf8').catch(() => undefined);
    const body =
      text === undefined ? note('bad', 'This installation has no docs/runbooks.md.') : runbooksBody(text);
    return reply.page({ title: 'Runbooks', body });
  });
};
