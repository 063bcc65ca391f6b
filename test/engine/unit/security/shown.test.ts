// Each place that shows text from outside, with the text of an attacker.
import { setCurrentDetails } from '@temporalio/workflow';
import { openingOptions } from '../../../../src/adapters/temporal/dispatch/workflows';
import { processTerminal } from '../../../../src/cli/terminal';
import { z } from 'zod';
import { createCatalogue, defineDomain, defineEvent } from '../../../../src/contracts';
import { bodyOf } from '../../../../src/gateway/problem';
import { describeEvents } from '../../../../src/reference/described';
import { markdownPages } from '../../../../src/reference/markdown';
import { showDetails, showState } from '../../../../src/saga/state';
import { stepsOf, stepsOnOwnDatabase } from '../../../../src/saga/steps';

const summaries: (string | undefined)[] = [];
jest.mock('@temporalio/workflow', () => {
  const activities = () =>
    new Proxy(
      {},
      {
        get: () => ({
          executeWithOptions: ({ summary }: { summary?: string }) => Promise.resolve(summaries.push(summary)),
        }),
      },
    );
  return {
    ...jest.requireActual<object>('@temporalio/workflow'),
    setCurrentDetails: jest.fn(),
    upsertSearchAttributes: jest.fn(),
    proxyActivities: activities,
    proxyLocalActivities: activities,
  };
});
jest.mock('../../../../src/saga/recurring/running', () => ({ checkStepKeys: () => undefined }));

const HOSTILE = '[pay](https://evil.example)\n# Paid \u001b[2J\u202e';
const ESCAPED = '\\[pay\\](https://evil.example)\\\\n# Paid \\\\u001b\\[2J\\\\u202e';
const ONE_LINE = '[pay](https://evil.example)\\n# Paid \\u001b[2J\\u202e';

test('details of a workflow', () => {
  showDetails(HOSTILE);
  showState('open', HOSTILE);
  expect(jest.mocked(setCurrentDetails).mock.calls).toEqual([[ESCAPED], [ESCAPED]]);
});

test('summaries of steps', async () => {
  interface Steps {
    tell(input: object): Promise<void>;
  }
  await stepsOf<Steps>({ taskQueue: 'q', startToCloseTimeout: 1 }).tell(HOSTILE, {});
  await stepsOnOwnDatabase<Steps>({ taskQueue: 'q', startToCloseTimeout: 1 }).tell(HOSTILE, {});
  expect(summaries).toEqual([ESCAPED, ESCAPED]);
});

test('the summary of a workflow', () => {
  const workflow = { name: 'w', taskQueue: 'q', initialState: 's', summary: () => HOSTILE };
  const { staticSummary } = openingOptions({ workflow, workflowId: 'w-1', key: '1' }, {});
  expect(staticSummary).toBe(ESCAPED);
});

test('a problem’s detail and path', () => {
  const problem = { status: 400, reason: 'r', title: 't', detail: HOSTILE, path: HOSTILE };
  expect(bodyOf(problem)).toMatchObject({ detail: ONE_LINE, path: ONE_LINE });
});

test('the event reference', () => {
  const made = defineEvent({
    type: 'dev.test.things.made.v1',
    entity: 'thing',
    summary: `A thing was made. ${HOSTILE}`,
    schema: z.strictObject({ thingId: z.string().min(1).max(20).describe(HOSTILE) }),
    key: ({ thingId }) => thingId,
    example: { thingId: 't-1' },
  });
  const catalogue = createCatalogue([
    defineDomain({ name: 'things', events: [made], workflows: [], routes: [], webhooks: [] }),
  ]);
  for (const page of Object.values(markdownPages(describeEvents(catalogue), 'Things')))
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_C}]/u);
});

test('whatever a command writes', () => {
  const wrote: unknown[] = [];
  const keep = (text: unknown) => wrote.push(text) > 0;
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  const terminal = processTerminal();
  terminal.out(JSON.stringify({ text: `${HOSTILE}\u009b` }));
  terminal.error(HOSTILE);
  jest.restoreAllMocks();
  expect(JSON.parse(String(wrote[0]))).toEqual({ text: `${HOSTILE}\u009b` });
  for (const text of wrote) expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_C}]/u);
});
