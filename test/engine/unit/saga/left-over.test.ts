import type { DomainEvent } from '../../../../src/contracts';
import { leftForNext } from '../../../../src/saga/recurring/left-over';

const event = (id: string, type = 'answer', text = ''): DomainEvent => ({
  id,
  source: '/tests',
  type,
  key: 'dev-1',
  data: { text },
});
const isOpening = ({ type }: DomainEvent) => type === 'raised';
const ids = (events: readonly DomainEvent[]) => events.map(({ id }) => id);
const leave = (left: readonly DomainEvent[], next: readonly DomainEvent[] = []) => {
  const split = leftForNext(left, next, isOpening);
  return [ids(split.next), ids(split.late)];
};

test.each<[string, DomainEvent[], string[], string[]]>([
  ['nothing', [], [], []],
  ['events that open nothing are late', [event('1'), event('2')], [], ['1', '2']],
  [
    'what opens goes to the next one, with all behind it',
    [event('1', 'raised'), event('2'), event('3', 'raised'), event('4')],
    ['1', '2', '3', '4'],
    [],
  ],
  ['what came before it is late', [event('1'), event('2', 'raised'), event('3')], ['2', '3'], ['1']],
])('%s', (_, left, next, late) => {
  expect(leave(left)).toEqual([next, late]);
});

test('what comes while the occurrence ends goes behind what goes already', () => {
  expect(leave([event('2')], [event('1', 'raised')])).toEqual([['2'], []]);
});

test('one event always goes; what does not fit beside it is late', () => {
  const long = 'x'.repeat(128 * 1024);
  expect(leave([event('1', 'raised', long), event('2')])).toEqual([['1'], ['2']]);
  expect(leave([event('1', 'raised'), event('2', 'answer', long), event('3')])).toEqual([['1'], ['2', '3']]);
  expect(leave([event('2', 'answer', long)], [event('1', 'raised')])).toEqual([[], ['2']]);
});
