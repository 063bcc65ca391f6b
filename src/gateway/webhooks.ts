import type { FastifyInstance } from 'fastify';
import { encodeEvent, firstIssue, InvalidEventError, readJson } from '../contracts';
import { bodyOf } from './events';
import type { GatewayParts } from './gateway';
import type { Problem } from './problem';
import { problemOf, sendProblem } from './problem';
import { publishOr503 } from './publishing';
import { SIGNATURE_HEADER, signatureProblem } from './signature';

/** `POST /webhooks/:provider`: a provider's own JSON, signed; its event id becomes the event's. */
export function addWebhooks(app: FastifyInstance, parts: GatewayParts): void {
  const { catalogue, webhookSecrets, metrics, clock } = parts;

  app.post<{ Params: { provider: string } }>('/webhooks/:provider', async (request, reply) => {
    const refuse = (problem: Problem) => {
      metrics.refused('webhooks', problem.reason);
      return sendProblem(reply, problem);
    };
    const { provider } = request.params;
    const webhook = catalogue.webhookOf(provider);
    if (!webhook) return refuse(unknownProvider(provider, catalogue.providers));

    const body = bodyOf(request.body);
    const header = request.headers[SIGNATURE_HEADER];
    const secrets = webhookSecrets[provider] ?? [];
    const problem = signatureProblem(typeof header === 'string' ? header : undefined, body, secrets, clock());
    if (problem !== undefined) return refuse(invalidSignature(problem));

    const json = readJson(body);
    if (!json.ok) return refuse(problemOf(json.rejection));
    const reading = webhook.read(json.value);
    switch (reading.kind) {
      case 'ignored':
        metrics.refused('webhooks', 'ignored');
        return reply.code(200).send({ ignored: true });
      case 'invalid':
        return refuse(problemOf({ reason: 'invalid-data', ...firstIssue(reading.error) }));
      case 'event':
        try {
          const event = encodeEvent(reading.event, { source: `/providers/${provider}` });
          return await publishOr503(reply, parts, 'webhooks', event);
        } catch (error) {
          if (!(error instanceof InvalidEventError)) throw error;
          return refuse(problemOf({ reason: 'invalid-data', detail: error.detail, path: error.path }));
        }
    }
  });
}

function unknownProvider(provider: string, known: readonly string[]): Problem {
  return {
    status: 404,
    reason: 'unknown-provider',
    title: 'no domain knows this provider',
    detail: `"${provider}" is none of ${known.join(', ')}`,
  };
}

function invalidSignature(detail: string): Problem {
  return { status: 401, reason: 'invalid-signature', title: 'the webhook is not signed as agreed', detail };
}
