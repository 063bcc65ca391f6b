/** The streams with their limits, and the partitions with what waits in them. */
import { live } from '../views/live';
import { streamsBody } from '../views/streams';
import type { AddPages } from './page-parts';

export const streamsPages: AddPages = (app, { system }) => {
  app.get('/streams', (_request, reply) =>
    reply.page({ title: 'Streams', section: '/streams', body: live('/live/streams', streamsBody(system())) }),
  );
  app.get('/live/streams', { config: { background: true } }, (_request, reply) =>
    reply.fragment(streamsBody(system())),
  );
};
