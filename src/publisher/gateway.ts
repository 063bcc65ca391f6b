import { z } from 'zod';
import type { OutgoingMessage } from '../adapters/nats/publish/publish';
import type { PublishReceipt } from '../adapters/nats';
import { EventConflictError, NotPublishedError } from '../adapters/nats';
import type { Reason, SignEvent } from '../contracts';
import { SIGNATURE_HEADER, STRUCTURED_CONTENT_TYPE } from '../contracts';
import type { Transport } from './transport';

/** The gateway, as the target of a publisher. */
export interface GatewayTarget {
  /** `https://events.example.com`: the gateway, without `/events`. */
  readonly gateway: string;
  /** Headers of every request, such as a token. The function is called for each request, so that a token can rotate. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** The gateway itself tries for nine seconds before it answers that JetStream has not confirmed an event. */
const ANSWER_MS = 15_000;
const PROBE_MS = 2_000;

const receipt = z.object({ stream: z.string(), sequence: z.number(), duplicate: z.boolean() });
const problem = z.object({
  reason: z.string().catch('unknown'),
  detail: z.string().catch(''),
  path: z.string().optional().catch(undefined),
});

/** The cause of a `NotPublishedError`: the gateway's answer, if it is not 202. */
export class GatewayAnswerError extends Error {
  override readonly name = 'GatewayAnswerError';
  constructor(
    readonly status: number,
    /**
     * One of the gateway's reasons, such as `invalid-data` or `stream-full`; `unknown` if something else than the
     * gateway has answered.
     */
    readonly reason: string,
    readonly detail: string,
    /** Where in the event: `data.lines[0].quantity`. */
    readonly path: string | undefined,
    /** How long to wait before the next attempt, if the gateway says so. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(`the gateway answers ${status} ${reason}: ${path === undefined ? '' : `${path}: `}${detail}`);
  }
}

/** Publishes through `POST /events`, in structured mode. */
export function gatewayTransport({ gateway, headers }: GatewayTarget, sign?: SignEvent): Transport {
  const base = gateway.replace(/\/$/, '');
  return {
    publish: async (event) => {
      const signature = await sign?.(event.body);
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${base}/events`, {
          method: 'POST',
          headers: {
            ...headers?.(),
            'content-type': STRUCTURED_CONTENT_TYPE,
            ...(signature !== undefined && { [SIGNATURE_HEADER]: signature }),
          },
          body: Buffer.from(event.body),
          signal: AbortSignal.timeout(ANSWER_MS),
        });
        text = await response.text();
      } catch (cause) {
        throw new NotPublishedError(event.subject, 'unconfirmed', { cause });
      }
      return receiptOf(event, response, text);
    },
    reachable: async () => {
      try {
        const { ok } = await fetch(`${base}/events`, {
          method: 'OPTIONS',
          signal: AbortSignal.timeout(PROBE_MS),
        });
        return ok;
      } catch {
        return false;
      }
    },
    close: () => Promise.resolve(),
  };
}

function receiptOf(event: OutgoingMessage, response: Response, text: string): PublishReceipt {
  const { status } = response;
  const answer = jsonOf(text);
  const taken = receipt.safeParse(answer);
  // A 202 from anything else than the gateway is not a receipt.
  if (status === 202 && taken.success) return taken.data;
  const { reason, detail, path } = problem.catch(NO_PROBLEM).parse(answer);
  if (status === 409 && reason === CONFLICT) throw new EventConflictError(event.subject);
  const why = isPassing(status, reason) ? (reason === 'stream-full' ? 'full' : 'unconfirmed') : 'refused';
  const cause = new GatewayAnswerError(status, reason, detail, path, retryAfterMs(response));
  throw new NotPublishedError(event.subject, why, { cause });
}

/** Unauthorized, Forbidden, Request Timeout, Too Many Requests. */
const PASSING: ReadonlySet<number> = new Set([401, 403, 408, 429]);

const FORBIDDEN_ORIGIN: Reason = 'forbidden-origin';
const CONFLICT: Reason = 'conflict';

const NO_PROBLEM = { reason: 'unknown', detail: 'no answer of a gateway of Sagaline' };

/**
 * Whether the failure is temporary. These answers say nothing about the event: time-outs, too many requests and errors
 * of the server; a token that has expired or is not known yet; and every answer that does not come from the gateway.
 * That a source may not publish a type is said of the event.
 */
function isPassing(status: number, reason: string): boolean {
  if (reason === FORBIDDEN_ORIGIN) return false;
  return status >= 500 || PASSING.has(status) || reason === NO_PROBLEM.reason;
}

/** Reads `Retry-After` in seconds. A date, which proxies may send, is ignored, and our own pause applies. */
function retryAfterMs({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
