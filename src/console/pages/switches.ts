/** What can be paused, what is, and the forms to change that. */
import { z } from 'zod';
import { listSwitches, pauseOnRecord, resumeOnRecord, SWITCH_KINDS } from '../../operator';
import { switchesBody } from '../views/switches';
import * as input from './input';
import type { AddPages } from './page-parts';
import { section, seeOther, viewerIn } from './page-parts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

const what = { kind: z.enum(SWITCH_KINDS), name: input.line.min(1) };
const pause = z.object({
  ...what,
  why: input.reason,
  minutes: z.coerce.number().int().min(1).max(DAY_MINUTES),
});
const resume = z.object({ ...what, since: input.line, why: input.optional(input.reason) });

export const switchesPages: AddPages = (app, { contextOf }) => {
  app.get('/switches', async (request, reply) => {
    const viewer = viewerIn(request);
    const body = await section('switches', async () =>
      switchesBody(await listSwitches(contextOf(viewer)), viewer),
    );
    return reply.page({ title: 'Switches', section: '/switches', body });
  });

  app.post('/switches/pause', async (request, reply) => {
    const { minutes, why, ...of } = input.read(pause, request.body);
    await pauseOnRecord(contextOf(viewerIn(request)), of, { why, forMs: minutes * MINUTE_MS });
    return seeOther(reply, '/switches');
  });

  app.post('/switches/resume', async (request, reply) => {
    const { why, since, ...of } = input.read(resume, request.body);
    await resumeOnRecord(contextOf(viewerIn(request)), of, { why, since });
    return seeOther(reply, '/switches');
  });
};
