// A page has a bounded size and comes soon, whatever a process, a dead letter or a worker is like.
import { soon } from '../../../../src/console/pages/page-parts';
import { viewerOf } from '../../../../src/console/server/viewer';
import { deadLetterBody } from '../../../../src/console/views/dead-letter';
import { html } from '../../../../src/console/views/html';
import { jsonLines } from '../../../../src/console/views/json';
import { waitingBody } from '../../../../src/console/views/saga';
import { payloadOf } from '../../../../src/operator';
import { saga } from '../../../support/fakes/sagas';

const VIEWER = viewerOf({ name: 'ada', verified: true }, ['operate'], { csrf: 'csrf' });
const MEGABYTE = '<'.repeat(1_000_000);
/** Each `<` becomes four characters. */
const MOST = 300_000;

function pageOf(body: string): string {
  const message = { subject: 'evt.orders.submitted.v1.a', headers: {}, body: Buffer.from(body) };
  const deadLetter = {
    ...{
      sequence: 17,
      reason: 'invalid-data',
      detail: '',
      subject: message.subject,
      context: 'orders',
      key: 'a',
    },
    ...{ deadLetteredAt: '2026-11-29T02:56:00.000Z', omittedHeaders: 0 },
    ...message,
  };
  const payload = payloadOf(message.body);
  const past = { operations: [], last: 0 };
  const file = { deadLetter, message, past, state: 'open' } as const;
  const view = { file, payload, clear: payload, contract: undefined, forecast: undefined, viewer: VIEWER };
  return html`${deadLetterBody({ ...view, reading: { kind: 'revealed' } })}`.toString();
}

test.each([
  ['one long text', { data: { note: MEGABYTE } }],
  ['a long name', { data: { [MEGABYTE]: 1 } }],
  ['many values', { data: Array.from({ length: 300_000 }, (_, at) => at) }],
])('of an event of a megabyte with %s a page has the beginning, and no form to edit it', (_, event) => {
  const page = pageOf(JSON.stringify(event));
  expect(page.length).toBeLessThan(MOST);
  expect(page).toContain('…');
  expect(page).toContain('sagaline dead-letters edit 17 --file');
  expect(page).not.toContain('<textarea');
});

test('of a text of a megabyte that is not JSON, too', () => {
  const page = pageOf(MEGABYTE);
  expect(page.length).toBeLessThan(MOST);
  expect(page).toContain('(1000000 characters)');
});

test('an event of the usual size is shown whole, and can be edited', () => {
  const page = pageOf('{"data":{"note":"short"}}');
  expect(page).toContain('short');
  expect(page).not.toContain('…');
  expect(page).toContain('<textarea');
});

test('of many values the first ones are shown, and how many follow', () => {
  const shown = jsonLines(Array.from({ length: 100_000 }, (_, at) => at)).toString();
  const rest = Number(/… and (\d+) more/.exec(shown)?.[1]);
  expect(shown).toContain(`\n  ${100_000 - rest - 1},`);
  expect(shown).not.toContain(`\n  ${100_000 - rest},`);
});

test('the value that is wrong is marked also when it is long', () => {
  const shown = jsonLines({ data: { note: MEGABYTE } }, 'data.note').toString();
  expect(shown).toContain('<mark>&quot;&lt;&lt;');
  expect(shown.length).toBeLessThan(MOST);
});

test('a question with a long message', () => {
  const question = { state: 's', what: 'lift', message: MEGABYTE, since: 'now', decisions: [] };
  const body = html`${waitingBody({ saga, asked: { kind: 'asks', question } }, VIEWER)}`.toString();
  expect(body.length).toBeLessThan(10_000);
  expect(body).toContain('(1000000 characters)');
  expect(body).toContain('the audit cannot be read');
});

test('a part that workers do not answer is fetched by the browser; another one is in the page', async () => {
  const at = { alone: '/live/sagas/a', whole: '/sagas/a?wait=yes' };
  const silent = html`${await soon(new Promise(() => undefined), at)}`.toString();
  expect(silent).toContain('data-live="/live/sagas/a" data-once');
  expect(silent).toContain('href="/sagas/a?wait=yes"');
  expect(html`${await soon(Promise.resolve('answered'), at)}`.toString()).toBe('answered');
});
