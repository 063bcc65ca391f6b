/** One action on many: a dry run first, then its progress. */
import { z } from 'zod';
import type { BulkPlan } from '../../operator';
import { DECISIONS, OperatorError, planDeadLetters, planDecisions, runBulk } from '../../operator';
import type { Bulk } from '../server/bulks';
import { createBulks } from '../server/bulks';
import type { Viewer } from '../server/viewer';
import { planBody, progressBody } from '../views/bulk';
import { live } from '../views/live';
import * as input from './input';
import type { AddPages } from './page-parts';
import { seeOther, viewerIn } from './page-parts';

const params = z.object({ id: z.string().max(64) });
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
  action: z.enum(['redrive', 'discard']),
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
  const plan = (viewer: Viewer, planned: BulkPlan) => `/bulk/${bulks.add(planned, viewer.operator.name).id}`;
  const progress = ({ id, plan: planned, run }: Bulk, viewer: Viewer) =>
    run && progressBody(id, planned, run.progress(), viewer);

  app.post('/bulk/decide', async (request, reply) => {
    const viewer = viewerIn(request);
    const wanted = input.read(decisions, request.body);
    return seeOther(reply, plan(viewer, await planDecisions(contextOf(viewer), wanted)));
  });

  app.post('/bulk/dead-letters', async (request, reply) => {
    const viewer = viewerIn(request);
    const { action, ...filter } = input.read(deadLetters, request.body);
    const parts = await contextOf(viewer).deadLetters();
    return seeOther(reply, plan(viewer, await planDeadLetters(parts, filter, action)));
  });

  app.get('/bulk/:id', (request, reply) => {
    const [bulk, viewer] = [found(request), viewerIn(request)];
    const shown = progress(bulk, viewer);
    return reply.page({
      title: shown === undefined ? 'Dry run' : 'Bulk',
      body: shown === undefined ? planBody(bulk, viewer) : live(`/live/bulk/${bulk.id}`, shown),
    });
  });
  app.get('/live/bulk/:id', { config: { background: true } }, (request, reply) =>
    reply.fragment(progress(found(request), viewerIn(request))),
  );

  app.post('/bulk/:id/start', (request, reply) => {
    const [bulk, viewer] = [found(request), viewerIn(request)];
    const given = input.read(start, request.body);
    if (bulk.by !== viewer.operator.name)
      throw new OperatorError('forbidden-scope', `${bulk.by} has planned this: plan your own`);
    if (bulk.run) throw new OperatorError('conflict', 'it was started already');
    bulk.run = runBulk(contextOf(viewer), bulk.plan, given);
    return seeOther(reply, `/bulk/${bulk.id}`);
  });

  app.post('/bulk/:id/stop', (request, reply) => {
    const [bulk, viewer] = [found(request), viewerIn(request)];
    bulk.run?.stop(`${viewer.operator.name} has stopped it`);
    return seeOther(reply, `/bulk/${bulk.id}`);
  });
};
