/** A form that sends a test event, made from its contract. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { EventContract } from '../../contracts';
import { decodeEvent, originalSubject, sourceFor, valueAt, workflowIdOf } from '../../contracts';
import type { OperatorContext } from '../../operator';
import { OperatorError, sendTestEvent, TEST_SOURCE, testableContracts } from '../../operator';
import { forbiddenEvent } from '../../security/tokens';
import { exampleWithKey, formFields } from '../event-form/fields';
import { dataIn, textOf } from '../event-form/values';
import type { Viewer } from '../server/viewer';
import { note } from '../views/parts';
import type { EventForm } from '../views/test-event';
import { chooseType, eventForm, sentBody } from '../views/test-event';
import * as input from './input';
import type { AddPages } from './page-parts';
import { seeOther, viewerIn } from './page-parts';

const ALL = '>';
const UNIQUE_BYTES = 4;

const query = z.object({ type: input.optional(input.line) });
const params = z.object({ sequence: input.sequence });
const sent = z.object({ type: input.line, id: z.uuid(), source: input.line.min(1), reason: input.reason });
const texts = z.record(z.string(), z.string());

export const testEventPages: AddPages = (app, { contextOf }) => {
  app.get('/test-event', (request, reply) => {
    const { type } = input.read(query, request.query);
    const viewer = viewerIn(request);
    const contracts = testableContracts(contextOf(viewer).catalogue);
    const contract = type === undefined ? undefined : contractIn(contracts, type);
    return show(reply, contracts, contract && freshForm(contract), viewer);
  });

  app.post('/test-event', async (request, reply) => {
    const viewer = viewerIn(request);
    const context = contextOf(viewer);
    const { type, id, source, reason } = input.read(sent, request.body);
    const contracts = testableContracts(context.catalogue);
    const forbidden = viewer.principal && forbiddenEvent(viewer.principal, { source, type });
    if (forbidden)
      throw new OperatorError(
        forbidden,
        `the token of ${viewer.operator.name} may not publish ${type} from ${source}`,
      );
    const contract = contractIn(contracts, type);
    const fields = formFields(contract);
    // The form sends the line breaks of HTTP.
    const given = Object.fromEntries(
      Object.entries(input.read(texts, request.body)).map(([name, text]) => [
        name,
        text.replaceAll('\r\n', '\n'),
      ]),
    );
    try {
      const receipt = await sendTestEvent(context, { type, data: dataIn(fields, given), source, id, reason });
      return await seeOther(reply, `/test-event/sent/${receipt.sequence}`);
    } catch (error) {
      if (!(error instanceof OperatorError) || error.code !== 'invalid-event') throw error;
      const { path } = error.details;
      const refused = { message: error.message, path: typeof path === 'string' ? path : undefined };
      const form = { contract, fields, texts: given, source, id, reason, refused };
      return show(reply.code(422), contracts, form, viewer);
    }
  });

  app.get('/test-event/sent/:sequence', async (request, reply) => {
    const { sequence } = input.read(params, request.params);
    const context = contextOf(viewerIn(request));
    const body = await sentPart(context, sequence);
    return reply.page({ title: 'Test event', section: '/throughput', body });
  });
};

function contractIn(contracts: readonly EventContract[], type: string): EventContract {
  const contract = contracts.find((each) => each.type === type);
  if (contract) return contract;
  throw new OperatorError('unknown-type', `${type} is no event that a publisher outside may send`);
}

function freshForm(contract: EventContract): EventForm {
  const fields = formFields(contract);
  const example = exampleWithKey(contract, randomBytes(UNIQUE_BYTES).toString('hex'));
  return {
    ...{ contract, fields, source: sourceFor(contract, TEST_SOURCE), id: randomUUID(), reason: '' },
    texts: Object.fromEntries(
      fields.map((field) => [
        field.name,
        textOf(field, field.path.length === 0 ? example : valueAt(example, field.path)),
      ]),
    ),
  };
}

function show(
  reply: FastifyReply,
  contracts: readonly EventContract[],
  form: EventForm | undefined,
  viewer: Viewer,
): FastifyReply {
  return reply.page({
    title: 'Test event',
    section: '/throughput',
    body: [chooseType(contracts, form?.contract.type), form && eventForm(form, viewer)],
  });
}

async function sentPart(context: OperatorContext, sequence: number) {
  const message = await (await context.events()).next(ALL, sequence);
  if (message?.sequence !== sequence) return note('plain', `The stream has no event ${sequence} (any more).`);
  const decoding = decodeEvent({ headers: {}, body: message.body }, context.catalogue);
  if (!decoding.ok) return note('plain', `Event ${sequence} fits no contract.`);
  const { event } = decoding;
  const routes = context.catalogue.routesOf(event.type).filter(({ condition }) => condition?.(event) ?? true);
  return sentBody({
    ...{ sequence, type: event.type, storedAt: message.storedAt },
    subject: originalSubject(message.subject),
    workflows: routes.map(({ workflow }) => workflowIdOf(workflow, event.key)),
  });
}
