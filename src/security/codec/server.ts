import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { KeyFile } from './key-file';
import type { Payload } from './seal';
import { open, seal, WORKFLOW_PURPOSE } from './seal';
import type { TokenOwner } from './tokens';

/** What became of a request, for metrics. */
export type CodecOutcome = 'answered' | 'unauthorized' | 'forbidden' | 'refused' | 'not-recorded';

/** A request with a token, for the audit. */
export interface CodecUse {
  readonly owner: string;
  readonly action: 'codec.decode' | 'codec.encode';
  /** For which workflow payloads were made. */
  readonly workflowId?: string;
  readonly payloads: number;
}

export interface CodecServerParts {
  readonly keys: KeyFile;
  /** Of the workflows for which it encrypts. */
  readonly namespace: string;
  /** Who may read payloads. */
  readonly mayDecode: TokenOwner;
  /** Who may also make payloads that workflows accept; without it, nobody may. */
  readonly mayEncode?: TokenOwner | undefined;
  /** Puts a request on record before it is answered. If it rejects, nothing is answered. */
  readonly record: (use: CodecUse) => Promise<void>;
  /** Origins of the Temporal UIs whose pages may ask. */
  readonly origins: readonly string[];
  readonly count?: (outcome: CodecOutcome) => void;
}

/** A page of a history: Temporal itself answers at most 4 MiB, which base64 makes longer. */
const BODY_BYTES = 8 * 1024 * 1024;
/** A body that trickles in is cut off. */
const REQUEST_MS = 10_000;
/** Temporal's limit of a workflow id, each byte as `%41`. */
const WORKFLOW_ID_BYTES = 3 * 1_000;
const PREFLIGHT_SECONDS = '600';
const HEADERS = 'authorization, content-type, x-namespace';

/**
 * Creates the server of Temporal's remote codec: `POST /decode` and `POST /workflows/<id>/encode` take and return `{
 * "payloads": […] }` (https://docs.temporal.io/remote-data-encoding). A payload that does not decrypt is returned as it
 * is. What it encrypts is bound to the workflow of the path: the protocol itself names none. It logs nothing, and its
 * answers to refused requests have nothing of the request.
 */
export function createCodecServer(parts: CodecServerParts): FastifyInstance {
  const { keys, namespace, mayDecode, mayEncode, record, origins, count = () => undefined } = parts;
  const app = Fastify({
    ...{ bodyLimit: BODY_BYTES, requestTimeout: REQUEST_MS, return503OnClosing: false },
    routerOptions: { maxParamLength: WORKFLOW_ID_BYTES },
  });
  const refuse = (reply: FastifyReply, status: number, outcome: CodecOutcome, message: string) => {
    count(outcome);
    return reply.code(status).send({ message });
  };

  app.addHook('onRequest', async ({ headers: { origin } }, reply) => {
    void reply.header('cache-control', 'no-store').header('vary', 'origin');
    if (origin !== undefined && origins.includes(origin))
      void reply.header('access-control-allow-origin', origin);
    return Promise.resolve();
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    const known = status >= 400 && status < 500;
    return refuse(
      reply,
      known ? status : 500,
      'refused',
      known ? 'this is no request for a codec' : 'failed',
    );
  });
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, 404, 'refused', 'only /decode and /workflows/<id>/encode'),
  );

  const route = (
    path: string,
    action: CodecUse['action'],
    ownerOf: TokenOwner,
    code: (payload: Payload, workflowId: string | undefined) => Payload,
  ) => {
    // A preflight has no token; it is answered with what is allowed, or with nothing.
    app.options(path, (_request, reply) =>
      reply
        .header('access-control-allow-methods', 'POST')
        .header('access-control-allow-headers', HEADERS)
        .header('access-control-max-age', PREFLIGHT_SECONDS)
        .code(204)
        .send(),
    );
    app.post<{ Params: { id?: string } }>(path, {
      // Before the body is read.
      onRequest: async (request, reply) => {
        const token = tokenOf(request);
        if (token !== undefined && ownerOf(token) !== undefined) return;
        // Of the two kinds of token, each is known to be one; only a stranger is asked for one.
        const isKnown = token !== undefined && mayDecode(token) !== undefined;
        if (isKnown) await refuse(reply, 403, 'forbidden', 'this token does not encrypt');
        else {
          void reply.header('www-authenticate', 'Bearer');
          await refuse(reply, 401, 'unauthorized', 'a bearer token is missing or wrong');
        }
      },
      handler: async (request, reply) => {
        const { id: workflowId } = request.params;
        const payloads = payloadsIn(request.body);
        if (!payloads) return refuse(reply, 400, 'refused', 'this is no request for a codec');
        // A token that was revoked while its body came has no owner any more.
        const owner = ownerOf(tokenOf(request) ?? '');
        if (owner === undefined)
          return refuse(reply, 401, 'unauthorized', 'a bearer token is missing or wrong');
        try {
          await record({
            owner,
            action,
            payloads: payloads.length,
            ...(workflowId !== undefined && { workflowId }),
          });
        } catch {
          return refuse(reply, 503, 'not-recorded', 'the audit cannot be written');
        }
        count('answered');
        return reply.send({ payloads: payloads.map((payload) => toJson(code(payload, workflowId))) });
      },
    });
  };
  route(
    '/decode',
    'codec.decode',
    (token) => mayDecode(token) ?? mayEncode?.(token),
    (payload) => {
      const opened = open(payload, keys.current());
      return opened.kind === 'opened' ? opened.payload : payload;
    },
  );
  const mayEncodeAny = mayEncode ?? (() => undefined);
  route('/workflows/:id/encode', 'codec.encode', mayEncodeAny, (payload, workflowId) =>
    seal(payload, keys.current(), { namespace, workflowId, purpose: WORKFLOW_PURPOSE }),
  );
  return app;
}

function tokenOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The payloads in a request; `undefined` if it is none. In JSON their bytes are base64. */
function payloadsIn(body: unknown): Payload[] | undefined {
  if (!isObject(body) || !Array.isArray(body['payloads'])) return undefined;
  const payloads = body['payloads'].map(fromJson);
  return payloads.every((payload) => payload !== undefined) ? payloads : undefined;
}

function fromJson(given: unknown): Payload | undefined {
  if (!isObject(given)) return undefined;
  const { metadata = {}, data = '' } = given;
  if (!isObject(metadata) || !isBase64(data)) return undefined;
  const entries = Object.entries(metadata);
  if (!entries.every((entry): entry is [string, string] => isBase64(entry[1]))) return undefined;
  return {
    metadata: Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64')])),
    data: Buffer.from(data, 'base64'),
  };
}

function toJson({ metadata, data }: Payload): object {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)])),
    ...(data && data.length > 0 && { data: text(data) }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && BASE64.test(value);
}
