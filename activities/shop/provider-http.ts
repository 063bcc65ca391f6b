import { z } from 'zod';
import { DefectError, FAILURES } from 'sagaline';

/** A provider that is slower than this counts as away: a step's attempt may take ten seconds, with its transactions. */
const ANSWER_WITHIN_MS = 5_000;
/** Enough of an unexpected answer to recognise a proxy's error page by. */
const MAX_EXCERPT = 300;

/** How providers say no. The sandbox's shape, which is also Stripe's. */
const refusalBody = z.object({
  error: z.object({ type: z.string(), code: z.string(), message: z.string() }),
});

/**
 * Thrown where a provider did not give the answer that was asked for: no connection, no answer in time, a status other
 * than 2xx, a body that is no JSON. What it means is said by provider-answers.ts; by itself it is retried under the same key.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** Of the answer; without one there was none. */
  readonly status: number | undefined;
  /** The provider's own type and code of a refusal, and its sentence for a person. */
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  /** How the body begins. Not part of the message: it may hold a customer's data, and messages are kept in histories. */
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
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
}

export interface ProviderHttp {
  /**
   * @throws ProviderError
   * @throws DefectError where the answer is not what the schema says: it would not be next time
   */
  get<Body>(path: string, answer: z.ZodType<Body>): Promise<Body>;
  /**
   * @throws ProviderError
   * @throws DefectError where the answer is not what the schema says: the call may have had its effect
   */
  post<Body>(path: string, call: { key: string; body: object }, answer: z.ZodType<Body>): Promise<Body>;
}

/** JSON over HTTP, with a bearer key, and an idempotency key for each call that changes something. */
export function createProviderHttp(provider: string, { url, apiKey }: ProviderAccess): ProviderHttp {
  const authorization = `Bearer ${apiKey}`;

  async function ask<Body>(call: string, init: RequestInit, schema: z.ZodType<Body>): Promise<Body> {
    const { method = 'GET' } = init;
    const { status, body } = await exchange(call, init);
    const what = `${method} ${withoutQuery(call)} was answered ${status}`;
    if (status < 200 || status > 299) throw new ProviderError(provider, what, { status, body });
    const given = parseJson(body);
    // Cut off on its way, or somebody else's page: the next one may be whole.
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

  async function exchange(call: string, init: RequestInit): Promise<{ status: number; body: string }> {
    try {
      const response = await fetch(url + call, {
        ...init,
        // A redirected POST would come as a GET, and the key would go to a stranger.
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      return { status: response.status, body: await response.text() };
    } catch (error) {
      const what = `${init.method ?? 'GET'} ${withoutQuery(call)} got no answer`;
      throw new ProviderError(provider, what, {}, { cause: error });
    }
  }

  return {
    get: (path, answer) => ask(path, { headers: { authorization } }, answer),
    post: (path, { key, body }, answer) =>
      ask(
        path,
        {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify(body),
        },
        answer,
      ),
  };
}

function withoutQuery(call: string): string {
  return call.split('?', 1)[0] ?? call;
}

/** `undefined` for what is no JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
