// What a stranger has written does not forge a line of a log that people read.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { secretMask } from '../../../../src/config/secret-mask';
import { createLog } from '../../../../src/adapters/log';

const FORGED = 'a\n[00:00:00.000] INFO: all is well \u001b[2J\u202e';

// eslint-disable-next-line no-control-regex -- the colours that the log itself may have
const COLOURS = /\u001b\[\d+m/g;

function written(format: 'pretty' | 'json', what: object = { city: FORGED, err: new Error(FORGED) }): string {
  const to = new PassThrough();
  const log = createLog({ role: 'test', level: 'info', format, to });
  log.info(what, FORGED);
  return String(to.read());
}

test('a line for people is one line, and with its fields; an error is indented below it', () => {
  const text = written('pretty').replace(COLOURS, '');
  expect(text.split('\n').filter((line) => line.startsWith('['))).toHaveLength(1);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_C}]/u);
  expect(text).toContain('all is well');
});

test('a line for machines is one line of JSON with the text as it is', () => {
  const lines = written('json').trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ city: FORGED, msg: FORGED });
});

describe.each(['pretty', 'json'] as const)('%s', (format) => {
  test('nothing anywhere in a line turns the text round or moves the cursor', () => {
    const control = fc.constantFrom('\u0000', '\u001b', '\u007f', '\u009b', '\u061c', '\u2028', '\ufeff');
    const direction = fc.constantFrom(
      ...Array.from('\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'),
    );
    const hostile = fc.string({
      unit: fc.oneof(control, direction, fc.constantFrom('a', '\\', '"')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(hostile, hostile, (text, name) => {
        const deep = { [`f${name}`]: { list: [text], inner: { text } } };
        const lines = written(format, { ...deep, err: Object.assign(new Error(text), { detail: text }) });
        expect(lines.replace(COLOURS, '')).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}\ufeff]/u);
      }),
      { numRuns: 60 },
    );
  });

  test('no secret is in a line, wherever it was and however it was written', () => {
    const canaries = ['canary-"quoted"-1', 'canary/with space+2', 'canary-3-canary-3'];
    const url = 'postgresql://app:canary%2Fwith%20space%2B2@db.example.com:5432/app';
    const mask = secretMask(() => new Set([canaries.join(','), url]));
    const to = new PassThrough();
    const log = createLog({ role: 'test', level: 'info', format, mask, to });
    for (const canary of canaries) {
      log.error({ err: new Error(`refused: ${canary}`, { cause: new Error(canary) }) }, `with ${canary}`);
      log.child({ bound: canary }).warn({ deep: { list: [canary] }, header: `Bearer ${canary}` }, 'x');
    }
    log.warn({ url, other: 'nats://user:password-of-nobody@nats.example.com' }, url);
    const lines = String(to.read());
    expect(lines).not.toMatch(/canary|password-of-nobody/);
    expect(lines).toContain('db.example.com');
    expect(lines.split('[secret]').length).toBeGreaterThan(15);
  });

  test('a secret that is part of a number, or of an escape, spoils no line', () => {
    const to = new PassThrough();
    const mask = secretMask(() => new Set(['123456', 'nfoo12', '"quoted"']));
    const log = createLog({ role: 'test', level: 'info', format, mask, to });
    log.info({ amount: 1_234_567, text: '\nfoo12' }, 'before "quoted" after');
    const lines = String(to.read());
    expect(lines).toContain('1234567');
    expect(lines).toContain('before [secret] after');
    if (format === 'json') expect(JSON.parse(lines)).toMatchObject({ amount: 1_234_567, text: '\nfoo12' });
  });

  test('the whole password of an address is masked, with an @ in it, or as a parameter', () => {
    const to = new PassThrough();
    const url = 'postgresql://db.example.com/app?user=app&password=parameter-1';
    const log = createLog({
      role: 'test',
      level: 'info',
      format,
      mask: secretMask(() => new Set([url])),
      to,
    });
    log.info('nats://service:first@second@nats.example.com refuses parameter-1');
    const lines = String(to.read());
    expect(lines).not.toMatch(/first|second|parameter-1/);
    expect(lines).toContain('nats.example.com');
  });
});
