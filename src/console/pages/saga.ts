/** One saga: where it is, what it waits for, what has happened, and the decision about it. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { approve, decide, DECISIONS, sagaQuestion, sagaView } from '../../operator';
import { sagaBody, waitingBody } from '../views/saga';
import type { Part } from '../views/html';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, seeOther, soon, viewerIn } from './page-parts';

const params = z.object({ workflowId: input.workflowId });
const query = z.object({ wait: input.optional(z.literal('yes')) });
const decision = z.object({
  decision: z.enum(DECISIONS),
  reason: input.optional(input.reason),
  again: z.literal('yes').optional(),
  runId: input.line,
  what: input.line,
  since: input.line,
});

export const sagaPages: AddPages = (app, { contextOf }) => {
  const waitingPart = (request: FastifyRequest): Promise<Part> => {
    const { workflowId } = input.read(params, request.params);
    const viewer = viewerIn(request);
    return section('what it asks', async () =>
      waitingBody(await sagaQuestion(contextOf(viewer), workflowId), viewer),
    );
  };

  app.get('/sagas/:workflowId', async (request, reply) => {
    const { workflowId } = input.read(params, request.params);
    const { wait } = input.read(query, request.query);
    const context = contextOf(viewerIn(request));
    const waiting = waitingPart(request);
    const view = await sagaView(context, workflowId);
    await context.auditing.read({ action: 'sagas.show', target: workflowId });
    const path = `/sagas/${encodeURIComponent(workflowId)}`;
    const at = { alone: `/live${path}`, whole: `${path}?wait=yes` };
    const asked = await (wait === undefined ? soon(waiting, at) : waiting);
    return reply.page({ title: workflowId, section: '/sagas', body: sagaBody(view, asked) });
  });
  app.get('/live/sagas/:workflowId', { config: { background: true } }, async (request, reply) => {
    const { workflowId } = input.read(params, request.params);
    const part = await waitingPart(request);
    await contextOf(viewerIn(request)).auditing.read({ action: 'sagas.show', target: workflowId });
    return reply.fragment(part);
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
