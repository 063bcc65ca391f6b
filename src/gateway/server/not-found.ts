import type { Catalogue } from '../../contracts';
import { sendProblem } from '../problem';
import { unencapsulated } from '../encapsulation';

export interface NotFoundOptions {
  readonly catalogue: Catalogue;
}

/** Answers a request to any other path with a problem that lists the paths. */
export const notFound = unencapsulated<NotFoundOptions>((scope, { catalogue }) => {
  const endpoints = catalogue.endpoints.map(({ path }) => `POST ${path}, `).join('');
  scope.setNotFoundHandler((request, reply) =>
    sendProblem(reply, {
      status: 404,
      reason: 'not-found',
      title: 'there is nothing here',
      detail: `${request.method} ${request.url}: POST /events, POST /webhooks/:provider, ${endpoints}GET /livez, /readyz, /metrics`,
    }),
  );
});
