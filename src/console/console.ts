import type { FastifyInstance, FastifyReply } from 'fastify';
import Fastify from 'fastify';
import { MAX_EVENT_BYTES } from '../contracts';
import type { Log } from '../contracts';
import type { SystemSnapshot, ThroughputSample } from '../observability';
import type { OperatorContext } from '../operator';
import { createAuditing, OperatorError, stuckSagas } from '../operator';
import type { Authenticate } from '../security/tokens';
import type { Assets } from './assets/assets';
import { assetRoutes } from './assets/assets';
import { auditPages } from './pages/audit';
import { bulkPages } from './pages/bulk';
import { deadLetterPages } from './pages/dead-letter';
import { deadLettersPages } from './pages/dead-letters';
import { deployPages } from './pages/deploys';
import { overviewPages } from './pages/overview';
import type { PageParts } from './pages/page-parts';
import { seeOther } from './pages/page-parts';
import { runbookPages } from './pages/runbooks';
import { sagaPages } from './pages/saga';
import { sagasPages } from './pages/sagas';
import { signInPages } from './pages/sign-in';
import { streamsPages } from './pages/streams';
import { strugglingPages } from './pages/struggling';
import { switchesPages } from './pages/switches';
import { testEventPages } from './pages/test-event';
import { throughputPages } from './pages/throughput';
import { requireViewer, signOut } from './server/authentication';
import { shownOf } from './server/errors';
import { shared } from './server/shared';
import { harden } from './server/hardening';
import { createSessions } from './server/sessions';
import { html } from './views/html';
import { layout } from './views/layout';
import { note } from './views/parts';

export interface ConsoleParts {
  /** The servers and the project; each request adds the person who acts. */
  readonly context: Omit<OperatorContext, 'auditing'>;
  /** The state of the whole system, as the latest checks have found it. */
  readonly system: () => SystemSnapshot;
  /** What passed through the system lately. */
  readonly throughput: () => readonly ThroughputSample[];
  readonly assets: Assets;
  /** Without it the console is open to everybody who reaches it. */
  readonly authenticate?: Authenticate | undefined;
  /** Name of the operator on an open console. */
  readonly user: string;
  readonly secureCookies: boolean;
  readonly log: Log;
  readonly clock: () => Date;
}

/** A body in a form: each byte of an event may take three. */
const BODY_BYTES = 3 * MAX_EVENT_BYTES + 16_384;
const REQUEST_MS = 10_000;
/** Processes that are asked what they wait for: each answer takes a worker some milliseconds. */
const MOST_ASKED = 100;
/** An id of Temporal's, each character of which may be encoded. */
const LONGEST_PARAM = 3_000;
const NOT_FOUND = { status: 404, code: 'not-found', message: 'There is no such page.' };
const PAGES = [
  ...[overviewPages, runbookPages, strugglingPages, streamsPages],
  ...[sagasPages, sagaPages, deadLettersPages, deadLetterPages, auditPages],
  bulkPages,
  switchesPages,
  ...[deployPages, throughputPages, testEventPages],
];
const FAILED = { status: 500, code: 'failed', message: 'The console failed; its log has the cause.' };

/** Creates the HTTP server of the console: pages and forms, rendered here, for people. */
export function createConsole(parts: ConsoleParts): FastifyInstance {
  const { context, system, throughput, assets, authenticate, log, clock } = parts;
  const isOpen = authenticate === undefined;
  const sessionParts = { ...parts, sessions: createSessions(() => clock().getTime()) };
  const app = Fastify({
    ...{ bodyLimit: BODY_BYTES, requestTimeout: REQUEST_MS, return503OnClosing: false },
    routerOptions: { maxParamLength: LONGEST_PARAM },
    frameworkErrors: tellNotFound,
  });

  app.decorateRequest('viewer', null);
  app.decorateReply('page', function (this: FastifyReply, page) {
    const viewer = this.request.viewer ?? undefined;
    return this.type('text/html; charset=utf-8').send(layout(page, { assets, viewer, isOpen }));
  });
  app.decorateReply('fragment', function (this: FastifyReply, body) {
    return this.type('text/html; charset=utf-8').send(html`${body}`.toString());
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.setErrorHandler((error, _request, reply) => {
    const known = shownOf(error);
    if (!known) log.error({ err: error }, 'a page of the console failed');
    return showError(reply, known ?? FAILED);
  });
  app.setNotFoundHandler((_request, reply) => showError(reply, NOT_FOUND));

  harden(app, { isOpen });
  void app.register(async (scope) => {
    assetRoutes(scope, assets);
    signInPages(scope, sessionParts);
    await scope.register((own, _options, done) => {
      requireViewer(own, sessionParts);
      own.post('/logout', { config: { forViewers: true } }, (request, reply) => {
        signOut(request, reply, sessionParts);
        return seeOther(reply, '/login');
      });
      for (const add of PAGES) add(own, pageParts);
      done();
    });
  });

  const pageParts: PageParts = {
    ...{ system, throughput },
    stuck: shared(() => stuckSagas(context, MOST_ASKED)),
    contextOf: ({ operator, scopes }) => ({
      ...context,
      auditing: createAuditing({
        database: () => context.database(),
        identify: (wanted) =>
          wanted.some((scope) => scopes.includes(scope))
            ? Promise.resolve(operator)
            : Promise.reject(
                new OperatorError(
                  'forbidden-scope',
                  `the token of ${operator.name} lacks ${wanted.join(' or ')}`,
                ),
              ),
        warn: (text) => log.warn({ operator: operator.name }, text),
      }),
    }),
  };
  return app;
}

/** An address that cannot be decoded reaches neither hooks nor pages. */
function tellNotFound(_error: unknown, _request: unknown, reply: FastifyReply): void {
  void reply.code(NOT_FOUND.status).type('text/plain; charset=utf-8').send(NOT_FOUND.message);
}

function showError(
  reply: FastifyReply,
  { status, code, message }: { readonly status: number; readonly code: string; readonly message: string },
): FastifyReply {
  return reply.code(status).page({
    title: code,
    body: [note('bad', message), html`<p><a href="/sagas">To the sagas</a></p>`],
  });
}
