/** One dead letter: what is wrong with it, what a redrive would do, and what people do with it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { planRedrive, RefusedError, showDeadLetter } from '../../dead-letters';
import type { OperatorContext } from '../../operator';
import { deadLetterTarget, discardOnRecord, editOnRecord, payloadOf, redriveOnRecord } from '../../operator';
import type { Viewer } from '../server/viewer';
import type { Forecast, Reading } from '../views/dead-letter';
import { deadLetterBody } from '../views/dead-letter';
import { opened } from '../views/json';
import * as input from './input';
import type { AddPages } from './page-parts';
import { seeOther, viewerIn } from './page-parts';

const params = z.object({ sequence: input.sequence });
const why = z.object({ why: input.reason });
const redrive = z.object({ why: input.optional(input.reason), route: input.optional(input.line) });
/** As large as an event may be, with room for its encoding in a form. */
const edit = z.object({
  body: z.string().min(1),
  subject: input.optional(input.line),
  why: input.reason,
});

export const deadLetterPages: AddPages = (app, { contextOf }) => {
  const asked = (request: FastifyRequest) => {
    const viewer = viewerIn(request);
    return { ...input.read(params, request.params), viewer, context: contextOf(viewer) };
  };
  const back = (reply: FastifyReply, sequence: number) => seeOther(reply, `/dead-letters/${sequence}`);

  app.get('/dead-letters/:sequence', async (request, reply) => {
    const { sequence, viewer, context } = asked(request);
    const body = await bodyOf(context, sequence, viewer, { kind: 'masked' });
    await context.auditing.read({ action: 'dead-letters.show', target: deadLetterTarget(sequence) });
    return reply.page({ title: `Dead letter ${sequence}`, section: '/dead-letters', body });
  });

  app.post('/dead-letters/:sequence/reveal', { config: { forViewers: true } }, async (request, reply) => {
    const { sequence, viewer, context } = asked(request);
    const reason = input.read(why, request.body);
    // On record before it is shown.
    await context.auditing.read({
      action: 'dead-letters.reveal',
      target: deadLetterTarget(sequence),
      details: reason,
    });
    const body = await bodyOf(context, sequence, viewer, { kind: 'revealed' });
    return reply.page({ title: `Dead letter ${sequence}`, section: '/dead-letters', body });
  });

  app.post('/dead-letters/:sequence/redrive', async (request, reply) => {
    const { sequence, context } = asked(request);
    await redriveOnRecord(context, sequence, input.read(redrive, request.body));
    return back(reply, sequence);
  });

  app.post('/dead-letters/:sequence/discard', async (request, reply) => {
    const { sequence, context } = asked(request);
    await discardOnRecord(context, sequence, input.read(why, request.body).why);
    return back(reply, sequence);
  });

  app.post('/dead-letters/:sequence/edit', async (request, reply) => {
    const { sequence, viewer, context } = asked(request);
    const given = input.read(edit, request.body);
    // A form sends the line breaks of HTTP.
    const text = given.body.replaceAll('\r\n', '\n');
    try {
      await editOnRecord(context, sequence, { ...given, body: Buffer.from(text) });
    } catch (error) {
      if (!(error instanceof RefusedError) || error.refusal === 'unknown-dead-letter') throw error;
      const body = await bodyOf(context, sequence, viewer, { kind: 'edited', text, refused: error });
      return reply.code(422).page({ title: `Dead letter ${sequence}`, section: '/dead-letters', body });
    }
    return back(reply, sequence);
  });
};

async function bodyOf(context: OperatorContext, sequence: number, viewer: Viewer, reading: Reading) {
  const parts = await context.deadLetters();
  const file = await showDeadLetter(parts, sequence);
  const payload = payloadOf(file.message.body);
  const type = 'json' in payload ? z.object({ type: z.string() }).safeParse(payload.json) : undefined;
  const contract = type?.success === true ? parts.catalogue.contractOf(type.data.type) : undefined;
  const clear =
    reading.kind === 'masked' || !('json' in payload)
      ? payload
      : { json: await opened(payload.json, contract, context.personal().open) };
  return deadLetterBody({
    ...{ file, payload, clear, contract, reading, viewer },
    forecast: file.state === 'open' ? await forecastOf(parts, sequence) : undefined,
  });
}

async function forecastOf(parts: Parameters<typeof planRedrive>[0], sequence: number): Promise<Forecast> {
  try {
    const { workflows, route } = await planRedrive(parts, sequence, {});
    return { kind: 'would-go', workflows, route };
  } catch (error) {
    if (error instanceof RefusedError) return { kind: 'refused', why: `${error.refusal}: ${error.message}` };
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}
