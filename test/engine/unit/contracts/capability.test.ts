import { capability, compensationsOf, InvalidConfigError } from '../../../../src/contracts';

interface Desk {
  open(input: { key: string; seat: string }): Promise<string>;
  close(input: { undoes: { key: string } }): Promise<void>;
  shut(input: { undoes: { key: string } }): Promise<void>;
  tell(input: { key: string }): Promise<void>;
}

const summary = () => 'At the desk';
const sound = {
  open: { summary, undoneBy: 'close' },
  close: { summary },
  shut: { summary },
  tell: { summary, after: 'pivot' },
} as const;
/** What the types refuse where they see it is refused at the start as well. */
const declare = (steps: object) => capability<Desk>()('desk', steps as typeof sound);

test('a capability has the task queue of its name, unless it says another', () => {
  expect(declare(sound)).toEqual({ name: 'desk', taskQueue: 'desk', steps: sound });
  expect(capability<Desk>()('desk', sound, { taskQueue: 'front' }).taskQueue).toBe('front');
});

test('which step a compensation compensates is known of all capabilities', () => {
  expect(compensationsOf([declare(sound)])).toEqual({ close: 'open' });
});

test.each([
  [
    'a compensation that does not exist',
    { open: { summary, undoneBy: 'clsoe' } },
    '"open" is compensated by "clsoe", which it does not declare; declare it, or name one of its steps',
  ],
  [
    'a compensation that is a name of every object',
    { open: { summary, undoneBy: 'toString' } },
    '"open" is compensated by "toString", which it does not declare',
  ],
  [
    'a step that is compensated by itself',
    { open: { summary, undoneBy: 'open' } },
    '"open" is compensated by itself; name another step',
  ],
  [
    'a compensation of two steps',
    { tell: { summary, undoneBy: 'close' } },
    '"close" compensates "open" and "tell"; a repair could not tell them apart: give each its own',
  ],
  [
    'a compensation that is compensated',
    { close: { summary, undoneBy: 'shut' } },
    '"close" compensates "open", and is itself compensated by "shut"; a compensation has none',
  ],
  [
    'a compensation behind the pivot',
    { open: { summary, undoneBy: 'close', after: 'pivot' } },
    '"open" is behind the pivot, where nothing is compensated; drop `undoneBy` or `after`',
  ],
])('%s is refused by name', (_, changes, problem) => {
  const attempt = () => declare({ ...sound, ...changes });
  expect(attempt).toThrow(InvalidConfigError);
  expect(attempt).toThrow(`capability "desk": ${problem}`);
});

test('the types refuse a compensation that cannot take the input of its step', () => {
  capability<Desk>()('desk', {
    ...sound,
    // @ts-expect-error -- `tell` takes no `undoes`
    open: { summary, undoneBy: 'tell' },
  });
});
