/** One saga: where it is, what it waits for, what has happened, and the decision about it. */
import { z } from 'zod';
import { approve, decide, DECISIONS, sagaView } from '../../operator';
import { sagaBody } from '../views/saga';
import * as input from './input';
import type { AddPages } from './page-parts';
import { seeOther, viewerIn } from './page-parts';

const params = z.object({ workflowId: input.workflowId });
const decision = z.object({
  decision: z.enum(DECISIONS),
  reason: input.optional(input.reason),
  again: z.literal('yes').optional(),
  runId: input.line,
  what: input.line,
  since: input.line,
});

export const sagaPages: AddPages = (app, { contextOf }) => {
  app.get('/sagas/:workflowId', async (request, reply) => {
    const { workflowId } = input.read(params, request.params);
    const viewer = viewerIn(request);
    const context = contextOf(viewer);
    const view = await sagaView(context, workflowId);
    await context.auditing.read({ action: 'sagas.show', target: workflowId });
    return reply.page({ title: workflowId, section: '/sagas', body: sagaBody(view, viewer) });
  });

  app.post('/sagas/:workflowId/decide', async (request, reply) => {
    const { workflowId } = input.read(params, request.params);
    const { runId, what, since, again, ...wanted } = input.read(decision, request.body);
    const seen = { runId, what, since };
    await decide(contextOf(viewerIn(request)), workflowId, { ...wanted, seen, again: again !== undefined });
    return seeOther(reply, `/sagas/${encodeURIComponent(workflowId)}`);
  });

  app.post('/sagas/:workflowId/approve', { config: { forApprovers: true } }, async (request, reply) => {
    const { workflowId } = input.read(params, request.params);
    const { request: sequence } = input.read(z.object({ request: input.sequence }), request.body);
    await approve(contextOf(viewerIn(request)), sequence);
    return seeOther(reply, `/sagas/${encodeURIComponent(workflowId)}`);
  });
};
