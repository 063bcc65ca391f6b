// What a stranger has written does not forge a line of a log that people read.
import { PassThrough } from 'node:stream';
import { createLog } from '../../../../src/adapters/log';

const FORGED = 'a\n[00:00:00.000] INFO: all is well \u001b[2J\u202e';

function written(format: 'pretty' | 'json'): string {
  const to = new PassThrough();
  const log = createLog({ role: 'test', level: 'info', format, to });
  log.info({ city: FORGED, err: new Error(FORGED) }, FORGED);
  return String(to.read());
}

test('a line for people is one line, and its fields are indented below it', () => {
  // eslint-disable-next-line no-control-regex -- the colours that the log itself may have
  const text = written('pretty').replace(/\u001b\[\d+m/g, '');
  expect(text.split('\n').filter((line) => line.startsWith('['))).toHaveLength(1);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_C}]/u);
  expect(text).toContain('all is well');
});

test('a line for machines is one line of JSON with the text as it is', () => {
  const lines = written('json').trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ city: FORGED, msg: FORGED });
});
