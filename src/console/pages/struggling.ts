/** What fails and is tried again, and what waits for a person, each by its cause. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { groupsOfStuck } from '../../operator';
import type { Part } from '../views/html';
import { html } from '../views/html';
import { live } from '../views/live';
import { stuckBody, strugglingBody } from '../views/struggling';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, soon, viewerIn } from './page-parts';

const WAITING = { alone: '/live/stuck', whole: '/struggling?wait=yes' };
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
    return reply.page({
      title: 'Struggling and stuck',
      section: '/struggling',
      body: [
        html`<h2>Waiting for a person</h2>`,
        await (wait === undefined ? soon(asked, WAITING) : asked),
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
