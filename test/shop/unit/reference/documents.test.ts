// The event reference: true to the contracts, the same on every machine, and in forms that others' tools read.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { z } from 'zod';
import { createCatalogue, defineDomain, defineEvent, readData } from '../../../../src/contracts';
import { contractChanges, eventDocuments, readLock } from '../../../../src/reference';
import { describeEvents } from '../../../../src/reference/described';
import { exampleOf } from '../../../../src/reference/envelope';
import { dataFile, jsonSchemas, structuredFile } from '../../../../src/reference/json-schemas';
import { shop } from '../../../../domains/shop';
import { parseAsyncApi } from '../../../support/asyncapi/parse';
import { pingDomain } from '../../../support/ping/domain';

const ROOT = path.resolve(__dirname, '../../../..');
const FOLDER = path.join(ROOT, 'docs/reference/events');
const catalogue = createCatalogue([shop]);
const events = describeEvents(createCatalogue([shop, pingDomain]));
const documents = eventDocuments(catalogue, 'Events of the shop');

/** Strict: it refuses keywords that it does not know, and those that do not fit their type. */
function compiled() {
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { 'date-time': true, uri: true } });
  for (const schema of Object.values(jsonSchemas(events))) ajv.addSchema(schema);
  return (file: string) => {
    const validate = ajv.getSchema(file);
    if (!validate) throw new Error(`there is no schema ${file}`);
    return validate;
  };
}

test('the documents of the shop are those of its contracts as they are in the repository', () => {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const found = files.map(({ parentPath, name }) =>
    path.relative(FOLDER, path.join(parentPath, name)).replaceAll(path.sep, '/'),
  );
  expect(found.sort()).toEqual([...documents.keys()].sort());
  for (const [file, text] of documents) expect(readFileSync(path.join(FOLDER, file), 'utf8')).toBe(text);
});

test('no published version of the shop has changed: contracts.lock.json', () => {
  const lock = readLock(readFileSync(path.join(ROOT, 'contracts.lock.json'), 'utf8'));
  expect(contractChanges(catalogue, lock)).toEqual([]);
});

test('the order of declarations makes no difference', () => {
  const reversed = createCatalogue([{ ...shop, events: [...shop.events].reverse() }]);
  expect([...eventDocuments(reversed, 'Events of the shop')]).toEqual([...documents]);
});

test('every schema is one by the meta-schema of draft 2020-12', () => {
  const ajv = new Ajv2020();
  for (const schema of Object.values(jsonSchemas(events))) {
    expect([schema['$id'], ajv.validateSchema(schema), ajv.errors]).toEqual([schema['$id'], true, null]);
  }
  expect(ajv.validateSchema({ type: 'text' })).toBe(false);
});

test('every example fits its schemas, as data and as a whole event', () => {
  const schemaOf = compiled();
  for (const event of events) {
    const data = schemaOf(dataFile(event));
    expect([event.type, data(event.contract.example), data.errors]).toEqual([event.type, true, null]);
    const whole = schemaOf(structuredFile(event));
    expect([event.type, whole(exampleOf(event)), whole.errors]).toEqual([event.type, true, null]);
    expect(whole({ ...exampleOf(event), type: `${event.type}0` })).toBe(false);
    expect(whole({ ...exampleOf(event), id: '' })).toBe(false);
    expect(whole({ ...exampleOf(event), 'not-an-extension': 1 })).toBe(false);
    expect(whole({ ...exampleOf(event), tenant: 'one' })).toBe(true);
  }
});

test('schemas and contracts agree on missing, wrong and unknown fields', () => {
  const schemaOf = compiled();
  let refused = 0;
  for (const event of events) {
    const example = event.contract.example as Record<string, unknown>;
    const without = (name: string) =>
      Object.fromEntries(Object.entries(example).filter(([key]) => key !== name));
    const tries = [
      ...Object.keys(example).flatMap((name) => [without(name), { ...example, [name]: null }]),
      { ...example, colour: 'red' },
    ];
    const validate = schemaOf(dataFile(event));
    for (const data of tries) {
      // What code checks is not in the schema: `paymentToken` is missing where the order costs something.
      const inCode = event.rules.length > 0 && validate(data) && !readData(event.contract, data).ok;
      if (!inCode)
        expect([event.type, data, validate(data)]).toEqual([
          event.type,
          data,
          readData(event.contract, data).ok,
        ]);
      if (!validate(data)) refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(2 * events.length);
});

test('AsyncAPI’s own parser has nothing to say against the document', async () => {
  const { diagnostics, ...counts } = await parseAsyncApi(documents.get('asyncapi.json') ?? '');
  // That there is a version 3.1 is no problem of a document of 3.0.
  expect(diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')).toEqual([]);
  // The subjects and POST /events; one operation for each.
  expect(counts).toEqual({ channels: 31, operations: 31, messages: 30 });
  const wrong = JSON.parse(documents.get('asyncapi.json') ?? '') as { operations: Record<string, object> };
  wrong.operations['receive.events'] = { action: 'hear' };
  expect(
    (await parseAsyncApi(JSON.stringify(wrong))).diagnostics.some(({ severity }) => severity === 0),
  ).toBe(true);
}, 120_000);

test('a page names versions, key, routes, and what becomes of unknown fields', () => {
  const page = eventDocuments(createCatalogue([pingDomain]), 'Pings').get('pings.md') ?? '';
  expect(page).toContain('superseded: it is upcast to `test.sagaline.pings.pinged.v2`');
  expect(page).toContain('route `pinged`: may open `ping`');
  expect(page).toContain('route `ponged`: reaches an open `ping`, under a condition');
  expect(page).toContain('the key is the field data.pingId');
});

test('a key that the contract’s code computes is told by its example', () => {
  const computed = defineEvent({
    type: 'dev.test.things.made.v1',
    entity: 'thing',
    summary: 'A thing | of two parts.',
    schema: z.strictObject({ a: z.string().max(9), b: z.string().max(9) }),
    key: ({ a, b }) => `${a}-${b}`,
    example: { a: 'x', b: 'y' },
  });
  const domain = defineDomain({
    name: 'things',
    events: [computed],
    workflows: [],
    routes: [],
    webhooks: [],
  });
  const made = eventDocuments(createCatalogue([domain]), 'Things');
  expect(made.get('things.md')).toContain('made of the data; x-y for the example');
  expect(made.get('README.md')).toContain('A thing \\| of two parts.');
  expect(made.get('asyncapi.json')).toContain('"send.things.made.v1"');
});
