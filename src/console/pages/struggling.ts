/** What fails and is tried again, and what waits for a person, each by its cause. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { groupsOfStuck } from '../../operator';
import type { Part } from '../views/html';
import { html } from '../views/html';
import { later, live } from '../views/live';
import { stuckBody, strugglingBody } from '../views/struggling';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, viewerIn } from './page-parts';

/** The page does not wait longer for workers, which may be away: their answers follow. */
const PATIENCE_MS = 300;
const query = z.object({ wait: input.optional(z.literal('yes')) });

export const strugglingPages: AddPages = (app, { stuck: askStuck, system }) => {
  const stuckPart = (request: FastifyRequest): Promise<Part> => {
    const viewer = viewerIn(request);
    return section('processes that wait for a person', async () => {
      const { stuck, more } = await askStuck();
      return stuckBody({ groups: groupsOfStuck(stuck), more }, viewer);
    });
  };

  app.get('/struggling', async (request, reply) => {
    const { wait } = input.read(query, request.query);
    const asked = stuckPart(request);
    const soon = sleep(PATIENCE_MS).then((): Part => later('/live/stuck', '/struggling?wait=yes'));
    return reply.page({
      title: 'Struggling and stuck',
      section: '/struggling',
      body: [
        html`<h2>Waiting for a person</h2>`,
        await (wait === undefined ? Promise.race([asked, soon]) : asked),
        html`<h2>Tried again</h2>`,
        live('/live/struggling', strugglingBody(system())),
      ],
    });
  });
  app.get('/live/stuck', { config: { background: true } }, async (request, reply) =>
    reply.fragment(await stuckPart(request)),
  );
  app.get('/live/struggling', { config: { background: true } }, (_request, reply) =>
    reply.fragment(strugglingBody(system())),
  );
};
