import { readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { differenceIn } from '../../../../src/testing/difference';

/** Enter the order (6, a local activity), reserve stock (7), hold the payment (8). */
const file = path.join(__dirname, '../../replay/histories/completed.json');
const history = historyFromJSON(JSON.parse(readFileSync(file, 'utf8')));

/** As the SDK wraps what its core says. */
const wrapped = (text: string) =>
  `Replay failed with a nondeterminism error. Details: Failure { message: "[TMPRL1100] Nondeterminism error: ${text}", source: "", stack_trace: "" }`;

describe('the account of the core, in words', () => {
  test.each([
    [
      'Timer machine does not handle this event: HistoryEvent(id: 7, ActivityTaskScheduled)',
      '7',
      'activity reserveStock (“Reserve 2 × TEA-GREEN-250”)',
      'a timer',
    ],
    [
      'No command scheduled for event HistoryEvent(id: 8, ActivityTaskScheduled)',
      '8',
      'activity authorizePayment (“Authorize 49.80 EUR on the card”)',
      'no command',
    ],
    [
      'UpsertWorkflowSearchAttributesMachine does not handle HistoryEvent(id: 6, MarkerRecorded)',
      '6',
      'local activity openOrder (“Enter the order”)',
      'search attributes',
    ],
    [
      'Missing associated machine for LocalActivity(1)',
      '6',
      'local activity openOrder (“Enter the order”)',
      'another command, or none',
    ],
    [
      `Activity type of scheduled event 'reserveStock' does not match activity type of activity command 'lendStock'`,
      '7',
      'activity reserveStock',
      'activity lendStock',
    ],
    ['Something that no core has said so far', undefined, 'what the history has', 'another command'],
  ])('%s', (text, eventId, expected, got) => {
    expect(differenceIn(wrapped(text), history)).toEqual({ eventId, expected, got, detail: text });
  });
});
