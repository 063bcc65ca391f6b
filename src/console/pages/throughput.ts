/** How much passes through the system, and how old events are, over the last hours. */
import { z } from 'zod';
import { chartRows } from '../throughput/charts';
import { minutesTable, throughputBody } from '../views/throughput';
import * as input from './input';
import type { AddPages } from './page-parts';
import { viewerIn } from './page-parts';

const query = z.object({ after: input.optional(z.coerce.number().min(0)) });

export const throughputPages: AddPages = (app, { throughput }) => {
  app.get('/throughput', (request, reply) =>
    reply.page({
      title: 'Throughput',
      section: '/throughput',
      body: throughputBody(throughput(), viewerIn(request).canOperate),
    }),
  );
  app.get('/live/throughput', { config: { background: true } }, (_request, reply) =>
    reply.fragment(minutesTable(throughput())),
  );
  app.get('/live/throughput.json', { config: { background: true } }, (request, reply) =>
    reply.send(chartRows(throughput(), input.read(query, request.query).after)),
  );
};
