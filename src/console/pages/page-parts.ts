import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorMessage } from '../../contracts';
import type { SystemSnapshot, ThroughputSample } from '../../observability';
import type { OperatorContext, stuckSagas } from '../../operator';
import { shownOf } from '../server/errors';
import type { Viewer } from '../server/viewer';
import type { Part } from '../views/html';
import type { Page } from '../views/layout';
import { later } from '../views/live';
import { note } from '../views/parts';

/** What every page gets. */
export interface PageParts {
  /** The servers, as the person who asks: what this person does goes on record under this name. */
  readonly contextOf: (viewer: Viewer) => OperatorContext;
  /** The state of the whole system, as the latest checks have found it. */
  readonly system: () => SystemSnapshot;
  /** The processes that wait for a person; requests at the same time share one answer, for which workers are asked. */
  readonly stuck: () => ReturnType<typeof stuckSagas>;
  /** What passed through the system lately, the oldest first. */
  readonly throughput: () => readonly ThroughputSample[];
}

/** Adds the routes of some pages. */
export type AddPages = (app: FastifyInstance, parts: PageParts) => void;

declare module 'fastify' {
  interface FastifyReply {
    page(page: Page): FastifyReply;
    /** A part of a page, for the browser to put into it. */
    fragment(body: Part): FastifyReply;
  }
}

/** Who asks; the routes of pages have somebody. */
export function viewerIn({ viewer }: FastifyRequest): Viewer {
  if (!viewer) throw new Error('the route is not among those that need a viewer');
  return viewer;
}

/** A part of a page. If its server does not answer, the page says so in its place, and the other parts stay. */
export async function section(what: string, make: () => Promise<Part>): Promise<Part> {
  try {
    return await make();
  } catch (error) {
    return note('bad', `${what}: ${shownOf(error)?.message ?? errorMessage(error)}`);
  }
}

/** A page does not wait longer for workers, which may be away: their answers follow. */
const PATIENCE_MS = 300;

/**
 * A part that asks workers: in the page if they answer at once, otherwise the browser fetches it.
 *
 * @param at where the part is alone, and the page that waits for it
 */
export function soon(
  part: Promise<Part>,
  at: { readonly alone: string; readonly whole: string },
): Promise<Part> {
  return Promise.race([part, sleep(PATIENCE_MS).then(() => later(at.alone, at.whole))]);
}

/** After a form the browser loads a page anew, so that a reload repeats nothing. */
export function seeOther(reply: FastifyReply, path: string): FastifyReply {
  return reply.redirect(path, 303);
}
