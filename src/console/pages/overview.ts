/** The whole system at a glance. */
import { live } from '../views/live';
import { overviewBody } from '../views/overview';
import type { AddPages } from './page-parts';
import { viewerIn } from './page-parts';

export const overviewPages: AddPages = (app, { contextOf, system }) => {
  const body = (request: Parameters<typeof viewerIn>[0]) => {
    const { catalogue, processes } = contextOf(viewerIn(request));
    return overviewBody({ routes: catalogue.routes, processes }, system());
  };
  app.get('/', (request, reply) =>
    reply.page({ title: 'Overview', section: '/', body: live('/live/overview', body(request)) }),
  );
  app.get('/live/overview', { config: { background: true } }, (request, reply) =>
    reply.fragment(body(request)),
  );
};
