import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { registerSearchAttributes, searchAttributesAreReady } from '../../src/adapters/temporal';
import { SEARCH_ATTRIBUTES } from '../../src/contracts';

const NAMES = Object.values(SEARCH_ATTRIBUTES);
const { INDEXED_VALUE_TYPE_KEYWORD: KEYWORD, INDEXED_VALUE_TYPE_INT: INTEGER } =
  temporal.api.enums.v1.IndexedValueType;
const LOOK_MS = 100;
const REFRESH_MS = 2_000;

/** A server node whose list is current, and whose memory, against which it checks starts, is behind. */
function nodeThatLearnsAfter(questions: number) {
  const registered = new Set<string>();
  let asked = 0;
  const client = {
    options: { namespace: 'default' },
    connection: {
      operatorService: {
        listSearchAttributes: () =>
          Promise.resolve({
            customAttributes: Object.fromEntries([...registered].map((name) => [name, KEYWORD])),
          }),
        addSearchAttributes: ({ searchAttributes }: { searchAttributes: object }) => {
          for (const name of Object.keys(searchAttributes)) registered.add(name);
          return Promise.resolve({});
        },
      },
    },
    workflowService: {
      countWorkflowExecutions: ({ query }: { query: string }) => {
        const named = NAMES.filter((name) => query.includes(name));
        const known =
          named.length === NAMES.length && registered.size === NAMES.length && asked++ >= questions;
        return known ? Promise.resolve({ count: 0 }) : Promise.reject(refusal(INVALID_ARGUMENT));
      },
    },
  };
  return { client: client as unknown as Client, registered };
}

const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;
const refusal = (code: number) => Object.assign(new Error('refused'), { code, details: '', metadata: {} });

test('registration resolves when the node checks starts against the new attributes, and the others have had time', async () => {
  const { client, registered } = nodeThatLearnsAfter(3);
  const pauses: number[] = [];
  await registerSearchAttributes(client, (ms) => {
    pauses.push(ms);
    return Promise.resolve();
  });
  expect([...registered]).toEqual(NAMES);
  expect(pauses).toEqual([LOOK_MS, LOOK_MS, REFRESH_MS]);
  expect(await searchAttributesAreReady(client)).toBe(true);
});

test('a node that knows them already costs no pause', async () => {
  const { client } = nodeThatLearnsAfter(0);
  await registerSearchAttributes(client, () => Promise.reject(new Error('no pause was needed')));
});

test('attributes that are listed, and refused at a start, are not ready', async () => {
  const { client } = nodeThatLearnsAfter(1);
  await client.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(NAMES.map((name) => [name, KEYWORD])),
  });
  expect(await searchAttributesAreReady(client)).toBe(false);
  expect(await searchAttributesAreReady(client)).toBe(true);
});

test('attributes of another type, which the server leaves as they are without a word, are an error', async () => {
  const { client } = nodeThatLearnsAfter(0);
  const customAttributes = Object.fromEntries(NAMES.map((name) => [name, INTEGER]));
  Object.assign(client.connection.operatorService, {
    listSearchAttributes: () => Promise.resolve({ customAttributes }),
    addSearchAttributes: () => Promise.resolve({}),
  });
  Object.assign(client.workflowService, { countWorkflowExecutions: () => Promise.resolve({ count: 0 }) });
  const registering = registerSearchAttributes(client, () => Promise.resolve());
  await expect(registering).rejects.toThrow(NAMES[0]);
});

test('any other refusal is an error, not an answer', async () => {
  const { client } = nodeThatLearnsAfter(0);
  await registerSearchAttributes(client, () => Promise.resolve());
  Object.assign(client.workflowService, {
    countWorkflowExecutions: () => Promise.reject(refusal(UNAVAILABLE)),
  });
  await expect(searchAttributesAreReady(client)).rejects.toMatchObject({ code: UNAVAILABLE });
});
