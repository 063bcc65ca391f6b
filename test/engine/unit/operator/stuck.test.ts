// Processes that wait for a person, while no worker answers: a list of them comes all the same.
import { stuckSagas } from '../../../../src/operator';
import { clientWith, saga } from '../../../support/fakes/sagas';

const processes = [
  { name: 'order', taskQueue: 'q', initialState: 'placing', waitsForPerson: ['awaiting-decision'] },
];
const question = {
  ...{ state: 'awaiting-decision', what: 'ship', message: 'no answer', since: '2026-11-29T02:56:00.000Z' },
  decisions: ['retry'],
};
const many = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ ...saga, workflowId: `order-${at}`, key: String(at) }));

async function listed(count: number, answer: (workflowId: string) => Promise<unknown>) {
  const asked: string[] = [];
  const temporal = clientWith(many(count), (workflowId) => {
    asked.push(workflowId);
    return answer(workflowId);
  });
  const { stuck, more } = await stuckSagas(
    { temporal: () => Promise.resolve(temporal), processes } as never,
    100,
  );
  return { asked: asked.length, kinds: stuck.map(({ asked: { kind } }) => kind), more };
}
const silent = () => Promise.reject(new Error('no worker'));

test('each is asked while workers answer', async () => {
  const { asked, kinds } = await listed(60, () => Promise.resolve(question));
  expect([asked, new Set(kinds)]).toEqual([60, new Set(['asks'])]);
});

test('where nobody answers, sixteen are asked, and all are listed', async () => {
  const { asked, kinds } = await listed(60, silent);
  expect([asked, kinds.length, new Set(kinds)]).toEqual([16, 60, new Set(['unknown'])]);
});

test('where a worker of the type answers one of them, each is asked: others may run on another version', async () => {
  const { asked, kinds } = await listed(60, (id) =>
    id === 'order-9' ? Promise.resolve(question) : silent(),
  );
  expect([asked, kinds.filter((kind) => kind === 'asks').length]).toEqual([60, 1]);
});

test('of more than the limit the first are asked', async () => {
  expect(await listed(150, () => Promise.resolve(question))).toMatchObject({ asked: 100, more: true });
});
