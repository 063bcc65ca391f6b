/** One action on many: a dry run first, then its progress; above a limit, a request for a second person. */
import { z } from 'zod';
import type { BulkPlan, RunningBulk } from '../../operator';
import {
  approveBulk,
  bulkRequest,
  DECISIONS,
  openBulkRequests,
  OperatorError,
  planBulk,
  requestBulk,
  runBulk,
  whyTwoPeople,
} from '../../operator';
import type { Bulk } from '../server/bulks';
import { createBulks } from '../server/bulks';
import type { Viewer } from '../server/viewer';
import { planBody } from '../views/bulk/plan';
import { progressBody } from '../views/bulk/progress';
import { bulksTable, requestBody, requestsTable } from '../views/bulk/requests';
import { html } from '../views/html';
import { live } from '../views/live';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, seeOther, viewerIn } from './page-parts';

const params = z.object({ id: z.string().max(64) });
const requestParams = z.object({ request: input.sequence });
const decisions = z.object({
  workflow: input.line,
  what: input.line,
  cause: input.line,
  decision: z.enum(DECISIONS),
});
const deadLetters = z.object({
  reason: input.optional(input.deadLetterReason),
  context: input.optional(input.word),
  key: input.optional(input.key),
  kind: z.enum(['redrive', 'discard']),
});
const start = z.object({ reason: input.reason, perSecond: z.coerce.number().int().min(1).max(20) });

export const bulkPages: AddPages = (app, { contextOf }) => {
  const bulks = createBulks();
  app.addHook('onClose', () => bulks.stop());

  const found = (request: { readonly params: unknown }): Bulk => {
    const bulk = bulks.find(input.read(params, request.params).id);
    if (!bulk) throw new OperatorError('unknown-bulk', 'this console knows no such bulk (any more)');
    return bulk;
  };
  const add = (viewer: Viewer, plan: BulkPlan, run?: RunningBulk) =>
    `/bulk/${bulks.add(plan, viewer.operator.name, run).id}`;
  const progress = ({ id, plan, run }: Bulk, viewer: Viewer) =>
    run && progressBody(id, plan, run.progress(), viewer);

  app.get('/bulk', async (request, reply) => {
    const context = contextOf(viewerIn(request));
    return reply.page({
      title: 'Many at once',
      section: '/bulk',
      body: [
        html`<h2>Waiting for a second person</h2>`,
        await section('requests', async () => requestsTable(await openBulkRequests(context))),
        html`<h2>Started here</h2>`,
        bulksTable(bulks.all()),
      ],
    });
  });

  app.post('/bulk/decide', async (request, reply) => {
    const viewer = viewerIn(request);
    const wanted = { kind: 'decide', ...input.read(decisions, request.body) } as const;
    return seeOther(reply, add(viewer, await planBulk(contextOf(viewer), wanted)));
  });

  app.post('/bulk/dead-letters', async (request, reply) => {
    const viewer = viewerIn(request);
    const wanted = input.read(deadLetters, request.body);
    return seeOther(reply, add(viewer, await planBulk(contextOf(viewer), wanted)));
  });

  app.get('/bulk/:id', (request, reply) => {
    const [bulk, viewer] = [found(request), viewerIn(request)];
    const shown = progress(bulk, viewer);
    const limits = contextOf(viewer).config();
    const dryRun = {
      ...bulk,
      ...{ graceSeconds: limits.BULK_GRACE_SECONDS, two: whyTwoPeople(bulk.plan, limits) },
    };
    return reply.page({
      title: shown === undefined ? 'Dry run' : 'Bulk',
      section: '/bulk',
      body: shown === undefined ? planBody(dryRun, viewer) : live(`/live/bulk/${bulk.id}`, shown),
    });
  });
  app.get('/live/bulk/:id', { config: { background: true } }, (request, reply) =>
    reply.fragment(progress(found(request), viewerIn(request))),
  );

  app.post('/bulk/:id/start', async (request, reply) => {
    const [bulk, viewer] = [found(request), viewerIn(request)];
    const given = input.read(start, request.body);
    if (bulk.by !== viewer.operator.name)
      throw new OperatorError('forbidden-scope', `${bulk.by} has planned this: plan your own`);
    if (bulk.run) throw new OperatorError('conflict', 'it was started already');
    const context = contextOf(viewer);
    if (whyTwoPeople(bulk.plan, context.config()) !== undefined) {
      // Its request stands for it from now on, so that nobody asks twice.
      bulks.remove(bulk.id);
      const asked = await requestBulk(context, bulk.plan, given);
      return seeOther(reply, `/bulk/requests/${asked.request}`);
    }
    bulk.run = runBulk(context, bulk.plan, given);
    return seeOther(reply, `/bulk/${bulk.id}`);
  });

  const actions = { stop: 'has stopped it', pause: 'has paused it', resume: 'has resumed it' } as const;
  for (const action of ['stop', 'pause', 'resume'] as const)
    app.post(`/bulk/:id/${action}`, (request, reply) => {
      const [bulk, viewer] = [found(request), viewerIn(request)];
      bulk.run?.[action](`${viewer.operator.name} ${actions[action]}`);
      return seeOther(reply, `/bulk/${bulk.id}`);
    });

  app.get('/bulk/requests/:request', async (request, reply) => {
    const viewer = viewerIn(request);
    const asked = await bulkRequest(contextOf(viewer), input.read(requestParams, request.params).request);
    return reply.page({
      title: `Request ${asked.request}`,
      section: '/bulk',
      body: requestBody(asked, viewer),
    });
  });

  app.post('/bulk/requests/:request/approve', { config: { forApprovers: true } }, async (request, reply) => {
    const viewer = viewerIn(request);
    const { request: sequence } = input.read(requestParams, request.params);
    const { plan, run } = await approveBulk(contextOf(viewer), sequence);
    return seeOther(reply, add(viewer, plan, run));
  });
};
