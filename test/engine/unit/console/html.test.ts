// Nothing that others have written becomes markup, wherever it stands.
import { html } from '../../../../src/console/views/html';
import { jsonLines } from '../../../../src/console/views/json';
import { MASK, masked } from '../../../../src/console/views/mask';
import { stateDiagram } from '../../../../src/console/views/diagram';
import { ordered } from '../../../support/personal-event';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  `' onmouseover='alert(1)`,
  '`${alert(1)}`',
  '</textarea><svg onload=alert(1)>',
  '&lt;script&gt;',
];

test.each(HOSTILE)('%s stays text', (text) => {
  const shown = html`<p title="${text}">${[text, [text]]}</p>`.toString();
  expect(shown.replace(/^<p title="/, '').replace(/<\/p>$/, '')).not.toMatch(/[<'`]|">.*"/);
  expect(shown).not.toContain(text);
});

test('characters that deceive are shown as codes', () => {
  expect(html`${'a\u202eb\u0007\u200f'}`.toString()).toBe('a\\u202eb\\u0007\\u200f');
});

test('an object that looks like markup is none', () => {
  const forged = JSON.parse('{"text":"<b>","toString":"<b>"}') as never;
  expect(() => html`${forged}`.toString()).toThrow(TypeError);
});

test('nothing, numbers and markup within markup', () => {
  expect(html`${undefined}${false}${0}${html`<b>${'<'}</b>`}`.toString()).toBe('0<b>&lt;</b>');
});

test('the path that is wrong is marked, and names are escaped', () => {
  const shown = jsonLines({ data: { lines: [{ '<b>': 1 }, { quantity: '<i>' }] } }, 'data.lines[1].quantity');
  expect(shown.toString()).toContain('<mark>&quot;&lt;i&gt;&quot;</mark>');
  expect(shown.toString()).not.toContain('<b>');
});

test('personal fields are masked, in clear and encrypted', () => {
  const event = { type: ordered.type, data: ordered.example };
  const shown = JSON.stringify(masked(event, ordered));
  expect(shown).toContain(MASK);
  expect(shown).not.toContain('ada@');
});

// Such events are what dead letters are made of.
test.each([
  ['under a name that is misspelt', { ...ordered.example, email: undefined, emial: 'ada@example.com' }],
  ['in place of a list', { orderId: { of: 'ada@example.com' } }],
  ['as the whole data', 'ada@example.com'],
  ['in a list', [{ email: 'ada@example.com' }]],
  ['as a number', { orderId: 441_632_960_000 }],
  ['as the name of a field', { 'ada@example.com': 1 }],
])('personal data is masked where it does not belong: %s', (_where, data) => {
  const shown = JSON.stringify(masked({ type: ordered.type, id: '1', data }, ordered));
  expect(shown).toContain(MASK);
  expect(shown).not.toMatch(/ada@|441632960000/);
});

test('attributes of the envelope and fields without a mark are shown, attributes of others are not', () => {
  const event = {
    type: ordered.type,
    id: '1',
    source: '/shop',
    subject: { of: 'ada@example.com' },
    mail: 'ada@example.com',
    data: ordered.example,
  };
  expect(masked(event, ordered)).toMatchObject({
    ...{ type: ordered.type, id: '1', source: '/shop', subject: MASK, mail: MASK },
    data: { orderId: 'order-1001', customerId: 'customer-7', email: MASK },
  });
});

test('a diagram marks the present state and escapes every name', () => {
  const shown = stateDiagram([{ from: '<a>', on: '"x"', to: 'b' }], {
    here: '<a>',
    been: new Set(),
  }).toString();
  expect(shown).toContain('class="here"');
  expect(shown).not.toContain('<a>');
});

test('every arrow of a diagram is within it', () => {
  const states = ['a', 'b', 'c', 'd', 'e'];
  const transitions = states.flatMap((from) =>
    states.flatMap((to) => (from === to ? [] : [{ from, on: 'x', to }])),
  );
  const shown = stateDiagram(transitions, { here: 'a', been: new Set() }).toString();
  const [left = 0, , width = 0] = (/viewBox="([-\d ]+)"\s+role/.exec(shown)?.[1] ?? '')
    .split(' ')
    .map(Number);
  const paths = [...shown.matchAll(/d="(M[^"]+)"\s+marker-end/g)].flatMap(([, path = '']) =>
    [...path.matchAll(/[ML](-?[\d.]+),/g)].map(([, x]) => Number(x)),
  );
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((x) => x < left || x > left + width)).toEqual([]);
});
