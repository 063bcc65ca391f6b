import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorMessage } from '../../contracts';
import type { SystemSnapshot, ThroughputSample } from '../../observability';
import type { OperatorContext, stuckSagas } from '../../operator';
import { shownOf } from '../server/errors';
import type { Viewer } from '../server/viewer';
import type { Part } from '../views/html';
import type { Page } from '../views/layout';
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

/** After a form the browser loads a page anew, so that a reload repeats nothing. */
export function seeOther(reply: FastifyReply, path: string): FastifyReply {
  return reply.redirect(path, 303);
}
