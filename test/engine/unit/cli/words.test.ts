// What people type and what they read, without a server.
import { withValues } from '../../../../src/cli/assign';
import { CliError } from '../../../../src/cli/exit';
import { graphAsMermaid, graphAsText, graphOf } from '../../../../src/cli/routes/graph';
import { contractOf } from '../../../../src/cli/events/new-event';
import { assignment, duration, moment, sequenceNumbers } from '../../../../src/cli/options';
import { payloadOf, payloadText } from '../../../../src/operator';
import type { Entry } from '../../../../src/operator/trace/timeline';
import { eventEntry, timeline } from '../../../../src/operator/trace/timeline';
import { exitCodeOf } from '../../../../src/cli/events/outcome';
import { createCatalogue } from '../../../../src/contracts';
import { pingDomain } from '../../../support/ping/domain';
import { testCli } from '../../../support/cli';

const catalogue = createCatalogue([pingDomain]);

describe('options', () => {
  test.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
  ])('%s is a time', (text, ms) => expect(duration(text)).toBe(ms));

  test.each(['', '0s', '-1s', '1', '1w', '1.5h', 's'])('"%s" is no time', (text) => {
    expect(() => duration(text)).toThrow('such as');
  });

  test('a moment is a date, or a time ago', () => {
    expect(moment('2026-01-31T12:00:00Z')).toEqual(new Date('2026-01-31T12:00:00Z'));
    const ago = Date.now() - moment('10m').getTime();
    expect(Math.abs(ago - 600_000)).toBeLessThan(5_000);
    for (const text of ['yesterday', '2026-99-01', '2026']) expect(() => moment(text)).toThrow('such as');
  });

  test.each(['0', '-1', '1.5', '1e3', 'x', '', '99999999999999999999'])('"%s" is no sequence', (text) => {
    expect(() => sequenceNumbers(text)).toThrow('whole number');
  });
});

describe('a key that begins with "-"', () => {
  const nobody = '127.0.0.1:1';
  const away = {
    NATS_URL: `nats://${nobody}`,
    TEMPORAL_ADDRESS: nobody,
    DATABASE_URL: `postgresql://${nobody}/none`,
  };
  const cli = testCli(away, [pingDomain]);

  test('is told from an option by a hint', async () => {
    const said = await cli('trace', '-a');
    expect([said.code, said.error]).toEqual([2, expect.stringContaining('sagaline trace -- -a')]);
    expect((await cli('trace', '-a', '-o', 'json')).problem()['message']).toContain('trace -- -a');
    expect((await cli('trace', '--help')).out).toContain('behind `--`');
  });

  test('is a key behind `--`', async () => {
    // Nothing can be asked here: it got as far as that.
    const said = await cli('trace', '-o', 'json', '--', '-a');
    expect(said.problem()['code']).not.toBe('usage');
  });
});

describe('--set', () => {
  const set = (...texts: string[]) =>
    withValues(
      { id: 'e-1', data: { lines: [{ quantity: 1 }], note: '1', orderId: 'a' } },
      texts.reduce<ReturnType<typeof assignment>>((before, text) => assignment(text, before), []),
    );

  test('puts numbers where numbers are, texts where texts are, and new fields at the end of a path', () => {
    expect(set('data.lines[0].quantity=3', 'data.note=17', 'data.new={"a":1}', 'data.orderId=x=y')).toEqual({
      id: 'e-1',
      data: { lines: [{ quantity: 3 }], note: '17', orderId: 'x=y', new: { a: 1 } },
    });
  });

  test('changes nothing that it is given', () => {
    const given = { data: { a: 1 } };
    withValues(given, assignment('data.a=2'));
    expect(given).toEqual({ data: { a: 1 } });
  });

  test.each([
    'data.lines[7].quantity=1',
    'data.orderId.x=1',
    'nothing.there=1',
    '__proto__.polluted=1',
    'data.__proto__=1',
  ])('%s is refused', (text) => {
    expect(() => set(text)).toThrow(CliError);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each(['', '=1', 'data', '.=1'])('"%s" is none', (text) =>
    expect(() => assignment(text)).toThrow('of the form'),
  );
});

test.each([
  ['test.sagaline.pings.pinged.v1', 'test.sagaline.pings.pinged.v1'],
  ['pings.pinged.v1', 'test.sagaline.pings.pinged.v1'],
  ['pings.pinged', 'test.sagaline.pings.pinged.v2'],
  ['ponged', 'test.sagaline.pings.ponged.v1'],
])('the event %s is %s', (name, type) => expect(contractOf(name, catalogue).type).toBe(type));

test.each(['inged', 'pings', 'v1', 'pings.pinged.v3', ''])('no event is called "%s"', (name) => {
  expect(() => contractOf(name, catalogue)).toThrow(/known are|one of several/);
});

describe('the graph', () => {
  test('has every route, its condition, and the events that no workflow waits for', () => {
    const graph = graphOf(catalogue);
    expect(graph.edges.map(({ route, how, conditional }) => [route, how, conditional])).toEqual([
      ['pinged', 'opens', false],
      ['ponged', 'reaches', true],
    ]);
    // Version 1 takes the way of version 2.
    expect(graph.unrouted).toEqual([]);
    expect(graphOf({ contracts: catalogue.contracts, routes: [] }).unrouted).toHaveLength(2);
    expect(graphAsText(graph)).toBe(
      'ping\n  ◂══  test.sagaline.pings.pinged.v2\n  ◂──? test.sagaline.pings.ponged.v1',
    );
  });

  test('as Mermaid', () => {
    expect(graphAsMermaid(graphOf(catalogue)).split('\n')).toEqual([
      'flowchart LR',
      '  e0(["test.sagaline.pings.pinged.v2"])',
      '  e1(["test.sagaline.pings.ponged.v1"])',
      '  w0[["ping"]]',
      '  e0 ==>|"opens"| w0',
      '  e1 -.->|"reaches, if"| w0',
    ]);
  });
});

describe('payloads', () => {
  test('are JSON, text or base64', () => {
    expect(payloadOf(Buffer.from('{"a":1}'))).toEqual({ json: { a: 1 } });
    expect(payloadOf(Buffer.from('order 17'))).toEqual({ text: 'order 17' });
    expect(payloadOf(Uint8Array.of(0xff, 0xfe))).toEqual({ base64: '//4=' });
  });

  test('cannot move the cursor of a terminal', () => {
    expect(payloadText({ text: 'a\u001b[2Jb\r\u009bc\nd\te' })).toBe('a\\u001b[2Jb\\u000d\\u009bc\nd\te');
  });
});

test('the timeline is in the order of time; at one time in the order in which things happen', () => {
  const entry = (at: string, from: Entry['from']): Entry => ({ at, from, kind: '', text: '', fields: {} });
  const [later, deadLetter, workflow, stream] = [
    entry('2026-01-01T00:00:02.000Z', 'stream'),
    entry('2026-01-01T00:00:01.000Z', 'dead-letters'),
    entry('2026-01-01T01:00:01.000+01:00', 'workflow'),
    entry('2026-01-01T00:00:01.000Z', 'stream'),
  ];
  expect(timeline([later, deadLetter, workflow, stream])).toEqual([stream, workflow, deadLetter, later]);
});

test("an event of the outbox goes out, a provider's or a publisher's comes in", () => {
  const kindOf = (source: string) =>
    eventEntry({ storedAt: new Date(0), sequence: 1, subject: 'evt.orders.completed.v1.o-1', source }).kind;
  expect(['/sagaline/orders', '/cli', '/providers/carrier'].map(kindOf)).toEqual([
    'event-out',
    'event-in',
    'event-in',
  ]);
});

test('the exit code is that of the worst outcome', () => {
  const ended = (good: boolean) => ({ kind: 'ended', workflowId: '', state: 'any', good, link: '' }) as const;
  expect(exitCodeOf([ended(true)])).toBe(0);
  expect(exitCodeOf([ended(true), ended(false)])).toBe(3);
  expect(exitCodeOf([{ kind: 'waiting' }, ended(false)])).toBe(6);
});

describe('without any server', () => {
  const cli = testCli({});

  test('routes are listed', async () => {
    const listed = await cli('routes', 'list', '-o', 'json');
    expect(listed.json()).toMatchObject({
      routes: [{ route: 'pinged', workflow: 'ping' }, { route: 'ponged' }],
    });
    expect((await cli('routes', 'graph')).out).toContain('◂══ opens the workflow');
    expect((await cli('routes', 'graph', '--as', 'mermaid')).out).toMatch(/^flowchart LR/);
  });

  test('help is no failure and names the exit codes; half a command is one', async () => {
    const help = await cli('--help');
    expect([help.code, help.error]).toEqual([0, '']);
    expect(help.out).toContain('Exit codes:');
    expect((await cli('dead-letters', 'list', '--help')).code).toBe(0);
    expect((await cli('dead-letters')).code).toBe(2);
    expect((await cli('no-such-verb')).code).toBe(2);
    expect((await cli('routes', 'list', '-o', 'yaml')).code).toBe(2);
  });
});
