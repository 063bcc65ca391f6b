import {
  defineConfig,
  defineDomain,
  defineEvent,
  definePool,
  defineRoutes,
  external,
  internal,
  route,
} from 'sagaline';
import type { ProcessDefinition } from 'sagaline';
import { activity, doOnce, writeOutbox } from 'sagaline/activities';
import { z } from 'zod';
import { ANSWERED, ASKED, QUEUE } from './names';

const schema = z.strictObject({ questionId: z.string().min(1).max(64) });
const key = ({ questionId }: { questionId: string }) => questionId;
const example = { questionId: 'q-1' };

const asked = defineEvent({
  type: ASKED,
  entity: 'question',
  summary: 'Somebody asks.',
  origin: external('somebody'),
  schema,
  key,
  example,
});
const answered = defineEvent({
  type: ANSWERED,
  entity: 'question',
  summary: 'The answer.',
  origin: internal,
  schema,
  key,
  example,
});

const question = {
  name: 'question',
  taskQueue: QUEUE,
  initialState: 'asked',
  summary: (questionId) => `Question ${questionId}`,
} as const satisfies ProcessDefinition;

const domain = defineDomain({
  name: 'questions',
  events: [asked, answered],
  workflows: [question],
  routes: defineRoutes({ asked: route({ event: asked, workflow: question, opens: true }) }),
  webhooks: [],
});

const answer = z.object({ key: z.string(), questionId: z.string() });

/** The smallest project in which an event leads to another one through a workflow, an activity and the outbox. */
export default defineConfig({
  domains: [domain],
  pools: {
    questions: definePool({
      domain,
      taskQueue: QUEUE,
      workflows: 'workflows',
      activities: ({ database }) => ({
        answer: activity(answer, ({ key: step, questionId }) =>
          doOnce(database, step, (tx) =>
            writeOutbox(tx, { key: step, context: 'questions', contract: answered, data: { questionId } }),
          ),
        ),
      }),
    }),
  },
});
