import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import {
  registerSearchAttributes,
  SearchAttributesMissingError,
  searchAttributesAreReady,
} from '../../../src/adapters/temporal';
import { SEARCH_ATTRIBUTES } from '../../../src/contracts';

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
const UNAUTHENTICATED = 16;
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

describe('where the operator’s calls are not for us', () => {
  /** Knows these attributes, and says so only to those who query workflows. */
  function cloudWith(known: readonly string[], code: number) {
    const denied = () => Promise.reject(refusal(code));
    const client = {
      options: { namespace: 'shop.a1b2c' },
      connection: { operatorService: { listSearchAttributes: denied, addSearchAttributes: denied } },
      workflowService: {
        countWorkflowExecutions: ({ query }: { query: string }) =>
          NAMES.filter((name) => query.includes(name)).every((name) => known.includes(name))
            ? Promise.resolve({ count: 0 })
            : Promise.reject(refusal(INVALID_ARGUMENT)),
      },
    };
    return client as unknown as Client;
  }

  test.each([
    ['PERMISSION_DENIED', 7],
    ['UNIMPLEMENTED', 12],
  ])('%s: attributes that exist are accepted', async (_, code) => {
    const client = cloudWith(NAMES, code);
    await registerSearchAttributes(client, () => Promise.reject(new Error('no pause was needed')));
    expect(await searchAttributesAreReady(client)).toBe(true);
  });

  test('those that are missing are named with their type and the commands', async () => {
    const client = cloudWith(['SagaState'], 7);
    expect(await searchAttributesAreReady(client)).toBe(false);
    const error = await registerSearchAttributes(client, () => Promise.resolve()).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SearchAttributesMissingError);
    expect(error).toMatchObject({ missing: ['CorrelationId'], namespace: 'shop.a1b2c' });
    expect((error as Error).message.split('\n').map((line) => line.trim())).toEqual([
      expect.stringContaining('CorrelationId (Keyword)'),
      'temporal operator search-attribute create --namespace shop.a1b2c --name CorrelationId --type Keyword',
      'or in Temporal Cloud with',
      'tcld namespace search-attributes add --namespace shop.a1b2c --search-attribute "CorrelationId=Keyword"',
    ]);
  });

  test('an API key that is wrong is told as such', async () => {
    const registering = registerSearchAttributes(cloudWith([], UNAUTHENTICATED), () => Promise.resolve());
    await expect(registering).rejects.toMatchObject({ code: UNAUTHENTICATED });
  });
});

test('any other refusal is an error, not an answer', async () => {
  const { client } = nodeThatLearnsAfter(0);
  await registerSearchAttributes(client, () => Promise.resolve());
  Object.assign(client.workflowService, {
    countWorkflowExecutions: () => Promise.reject(refusal(UNAVAILABLE)),
  });
  await expect(searchAttributesAreReady(client)).rejects.toMatchObject({ code: UNAVAILABLE });
});
