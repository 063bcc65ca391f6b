import { z } from 'zod';
import { DefectError, FAILURES } from 'sagaline';
import { tracedCall } from 'sagaline/activities';

/** A provider that is slower than this counts as unavailable: a step's attempt may take ten seconds, with its transactions. */
const ANSWER_WITHIN_MS = 5_000;
/** The characters of an unexpected answer that are kept: enough to recognise a proxy's error page. */
const MAX_EXCERPT = 300;

/** The body of a provider's refusal, in the sandbox's shape, which is also Stripe's. */
const refusalBody = z.object({
  error: z.object({ type: z.string(), code: z.string(), message: z.string() }),
});

/**
 * Thrown when a provider did not give the expected answer: no connection, no answer in time, a status other
 * than 2xx, a body that is not JSON. provider-answers.ts gives it its meaning; by default it is retried under the same key.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** The status of the answer; `undefined` when there was no answer. */
  readonly status: number | undefined;
  /** The provider's own type and code of a refusal, and its sentence for a person. */
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  /**
   * The beginning of the body. It is not part of the message: it may contain a customer's data, and messages are kept in
   * histories.
   */
  readonly excerpt: string;

  constructor(
    readonly provider: string,
    what: string,
    answer: { status?: number; body?: string } = {},
    options: ErrorOptions = {},
  ) {
    super(`${provider}: ${what}`, options);
    const { error } = refusalBody.safeParse(parseJson(answer.body ?? '')).data ?? {};
    this.status = answer.status;
    this.type = error?.type;
    this.code = error?.code;
    this.detail = error?.message;
    this.excerpt = (answer.body ?? '').slice(0, MAX_EXCERPT);
  }
}

/** How to reach a provider. */
export interface ProviderAccess {
  /** The base URL, without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
}

export interface ProviderHttp {
  /**
   * @throws ProviderError
   * @throws DefectError when the answer does not match the schema: a repeat would not help
   */
  get<Body>(path: string, answer: z.ZodType<Body>): Promise<Body>;
  /**
   * @throws ProviderError
   * @throws DefectError when the answer does not match the schema: the call may have had its effect
   */
  post<Body>(path: string, call: { key: string; body: object }, answer: z.ZodType<Body>): Promise<Body>;
}

interface Request {
  readonly method?: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** JSON over HTTP, with a bearer key, and an idempotency key for each call that changes something. */
export function createProviderHttp(provider: string, access: ProviderAccess): ProviderHttp {
  const { url } = access;
  // Read for each call: the key may be in a file, and change there.
  const authorization = () => `Bearer ${access.apiKey}`;

  async function ask<Body>(call: string, init: Request, schema: z.ZodType<Body>): Promise<Body> {
    const { method = 'GET' } = init;
    const { status, body } = await exchange(call, init);
    const what = `${method} ${withoutQuery(call)} was answered ${status}`;
    if (status < 200 || status > 299) throw new ProviderError(provider, what, { status, body });
    const given = parseJson(body);
    // The answer was cut off, or is a proxy's page: the next one may be complete.
    if (given === undefined) throw new ProviderError(provider, `${what} with no JSON`, { status, body });
    const parsed = schema.safeParse(given);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new DefectError(
      FAILURES.providerAnswer,
      `${provider}: ${what}, and ${issue?.path.join('.') ?? ''} does not fit: ${issue?.message ?? ''}`,
      { cause: parsed.error },
    );
  }

  async function exchange(call: string, init: Request): Promise<{ status: number; body: string }> {
    const { method = 'GET', headers, body } = init;
    const span = {
      name: `${method} ${provider}`,
      attributes: { 'http.request.method': method, 'url.path': withoutQuery(call) },
      tell: ({ status }: { readonly status: number }) => ({ 'http.response.status_code': status }),
    };
    try {
      return await tracedCall(span, async (trace) => {
        const response = await fetch(url + call, {
          method,
          headers: { ...headers, ...trace },
          // A redirected POST would become a GET, and the key would go to another server.
          redirect: 'error',
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
          ...(body !== undefined && { body }),
        });
        return { status: response.status, body: await response.text() };
      });
    } catch (error) {
      const what = `${method} ${withoutQuery(call)} got no answer`;
      throw new ProviderError(provider, what, {}, { cause: error });
    }
  }

  return {
    get: (path, answer) => ask(path, { headers: { authorization: authorization() } }, answer),
    post: (path, { key, body }, answer) =>
      ask(
        path,
        {
          method: 'POST',
          headers: {
            authorization: authorization(),
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify(body),
        },
        answer,
      ),
  };
}

function withoutQuery(call: string): string {
  return call.split('?', 1)[0] ?? call;
}

/** `undefined` when the body is not JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
