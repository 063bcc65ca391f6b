import { quietLog } from '../../../../src/delivery/quiet-log';
import { rememberingLog } from '../../../support/log';

test('the same warning is given once a second, with the number of those left out; others and errors are not held up', () => {
  const log = rememberingLog();
  let time = 0;
  const quiet = quietLog(log, () => time);
  for (let event = 0; event < 50; event++) quiet.warn({ event }, 'dead letter');
  quiet.warn({}, 'another warning');
  quiet.error({}, 'an error');
  quiet.error({}, 'an error');
  time = 999;
  quiet.warn({ event: 50 }, 'dead letter');
  time = 1_000;
  quiet.warn({ event: 51 }, 'dead letter');
  time = 2_000;
  quiet.warn({ event: 52 }, 'dead letter');
  expect(log.lines.map(({ message, fields }) => [message, fields])).toEqual([
    ['dead letter', { event: 0 }],
    ['another warning', {}],
    ['an error', {}],
    ['an error', {}],
    ['dead letter', { event: 51, more: 50 }],
    ['dead letter', { event: 52 }],
  ]);
});
