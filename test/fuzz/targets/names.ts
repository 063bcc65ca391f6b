import {
  eventFamily,
  isCorrelationKey,
  MAX_EVENT_TYPE_LENGTH,
  originalSubject,
  originProblem,
  parseEventType,
  parseSubject,
  readTimestamp,
  subjectOf,
  workflowIdOf,
} from '../../../src/contracts';
import { ping, pinged } from '../../support/ping/domain';
import type { Target } from './target';
import { ensure } from './target';

/** Names in events: types, subjects, keys, sources, timestamps. Each line is one of each. */
export const names: Target = {
  seeds: [
    'dev.sagaline.shop.orders.submitted.v1\nevt.orders.submitted.v1.o-1\np.7.7.orders.submitted.v1.o-1\no-1',
    '/tests\n//Providers/x\n/a/%2e%2e/b\n/sagaline/\nhttps://a.test/b?c#d',
    '2026-01-31T12:00:00Z\n2016-12-31T23:59:60+00:00\n0000-02-29t24:00z\n9999-12-31T23:59:59.123456789-23:59',
  ].map((text) => Buffer.from(text)),
  run: (input) => {
    for (const line of input.toString('utf8').split('\n')) {
      checkType(line);
      checkTime(line);
      const subject = parseSubject(originalSubject(line));
      ensure(subject?.key.includes('.') !== true, 'the key of a subject is one token');
      const problem = originProblem({ source: line }, pinged);
      const isReserved = /^\/+(providers|sagaline|gateway)(\/|$)/i.test(line);
      ensure(!isReserved || problem?.reason === 'forbidden-origin', 'a reserved source is refused');
    }
  },
};

function checkType(line: string): void {
  const type = parseEventType(line);
  if (!type) return;
  ensure(line.length <= MAX_EVENT_TYPE_LENGTH, 'a type has a largest length');
  ensure(`${eventFamily(type)}.v${type.major}` === line, 'a type is its parts');
  const key = 'o-1';
  ensure(isCorrelationKey(key), 'a key is a key');
  const subject = parseSubject(subjectOf(type, key));
  ensure(subject?.context === type.context && subject.key === key, 'a subject is read as it was written');
  workflowIdOf(ping, key);
}

function checkTime(line: string): void {
  const reading = readTimestamp(line);
  if (!reading.ok) return;
  ensure(!Number.isNaN(Date.parse(reading.time)), 'a timestamp is one for JavaScript');
  const again = readTimestamp(reading.time);
  ensure(again.ok && again.time === reading.time, 'a timestamp stays as it was written');
}
