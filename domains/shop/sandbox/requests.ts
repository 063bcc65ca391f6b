import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { refusal, type Answer } from './decision';

/** Thrown when a call is refused before a provider decides about it; `answer` is what the caller receives. */
export class CallRefusedError extends Error {
  override readonly name = 'CallRefusedError';

  constructor(readonly answer: Answer) {
    super(`the call was refused with status ${answer.status}`);
  }
}

/**
 * Parses the input by its schema.
 *
 * @throws CallRefusedError with a 400 that names the first invalid field, in the message and as `param`
 */
export function readInput<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [
    ...(issue?.path ?? []),
    ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []),
  ];
  const param = path.length === 0 ? 'body' : path.join('.');
  throw parameterInvalid(param, issue?.message ?? 'is invalid');
}

// As long as Stripe allows; printable, because logs contain it.
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters');

export function readIdempotencyKey(request: FastifyRequest): string {
  return readInput(z.object({ 'Idempotency-Key': idempotencyKeySchema }), {
    'Idempotency-Key': request.headers['idempotency-key'],
  })['Idempotency-Key'];
}

const byKeySchema = z.strictObject({ idempotency_key: idempotencyKeySchema });

/** The key that a client names in `?idempotency_key=`. */
export function readKeyAskedFor(request: FastifyRequest): string {
  return readInput(byKeySchema, request.query).idempotency_key;
}

const noBodySchema = z.strictObject({}).nullish();

export function readNoBody(request: FastifyRequest): void {
  readInput(noBodySchema, request.body);
}

/** Refuses every call in the scope that does not carry the provider's API key as its bearer token. */
export function requireApiKey(scope: FastifyInstance, apiKey: string): void {
  scope.addHook('onRequest', (request, _reply, next) => {
    if (request.headers.authorization === `Bearer ${apiKey}`) {
      next();
      return;
    }
    const message = 'Authorization: must be Bearer and a valid API key.';
    const error = { type: 'authentication_error', code: 'invalid_api_key', message };
    next(new CallRefusedError(refusal(401, error)));
  });
}

export function notFound(thing: string): Answer {
  const error = { type: 'not_found', code: 'resource_missing', message: `There is no such ${thing}.` };
  return refusal(404, error, { param: 'id' });
}

export function parameterInvalid(param: string, problem: string): CallRefusedError {
  const error = { type: 'invalid_request', code: 'parameter_invalid', message: `${param}: ${problem}` };
  return new CallRefusedError(refusal(400, error, { param }));
}
