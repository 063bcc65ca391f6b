/** Deploys: the versions of each pool, what is open on them, and moving it to another version. */
import { z } from 'zod';
import { moveOnRecord, latestReplay, planMove, versionFile } from '../../operator';
import { deploysBody, deploysPath } from '../views/deploys';
import { moveBody } from '../views/move';
import { versionBody } from '../views/version';
import { live } from '../views/live';
import * as input from './input';
import type { AddPages } from './page-parts';
import { seeOther, viewerIn } from './page-parts';

/** Workflows that one request moves, some milliseconds each; a person sends it again for more. */
const MOST_AT_ONCE = 500;
/** A browser gives up later. */
const MOVE_MS = 60_000;

const params = z.object({ pool: input.line, buildId: input.buildId });
const target = z.object({ to: input.buildId });
const wantedMove = target.extend({ reason: input.reason });

export const deployPages: AddPages = (app, { contextOf, system }) => {
  app.get('/deploys', (_request, reply) =>
    reply.page({ title: 'Deploys', section: '/deploys', body: live('/live/deploys', deploysBody(system())) }),
  );
  app.get('/live/deploys', { config: { background: true } }, (_request, reply) =>
    reply.fragment(deploysBody(system())),
  );

  app.get('/deploys/:pool/:buildId', async (request, reply) => {
    const name = input.read(params, request.params);
    const viewer = viewerIn(request);
    const file = await versionFile(contextOf(viewer), name);
    return reply.page({
      title: `${name.pool} ${name.buildId}`,
      section: '/deploys',
      body: versionBody(file, viewer),
    });
  });

  app.get('/deploys/:pool/:buildId/move', async (request, reply) => {
    const { pool, buildId } = input.read(params, request.params);
    const { to } = input.read(target, request.query);
    const viewer = viewerIn(request);
    const context = contextOf(viewer);
    const [plan, replay] = await Promise.all([
      planMove(context, { pool, from: buildId, to }),
      latestReplay(context, { pool, buildId: to }),
    ]);
    return reply.page({
      title: `Move from ${buildId}`,
      section: '/deploys',
      body: moveBody({ plan, replay, atMost: MOST_AT_ONCE }, viewer),
    });
  });

  app.post('/deploys/:pool/:buildId/move', async (request, reply) => {
    const { pool, buildId } = input.read(params, request.params);
    const { to, reason } = input.read(wantedMove, request.body);
    await moveOnRecord(
      contextOf(viewerIn(request)),
      { pool, from: buildId, to },
      { reason, atMost: MOST_AT_ONCE, signal: AbortSignal.timeout(MOVE_MS) },
    );
    return seeOther(reply, deploysPath(pool, buildId));
  });
};
