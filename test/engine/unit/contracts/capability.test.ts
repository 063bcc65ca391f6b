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
    tell: { summary },
  });
});

test('two capabilities cannot have one compensation: nobody could tell them apart', () => {
  const till = capability<Desk>()('till', sound);
  expect(() => compensationsOf([declare(sound), till])).toThrow(
    'two capabilities have a compensation "close"; rename one of them',
  );
});

describe('what the types refuse is refused where no compiler runs', () => {
  test.each<[string, unknown, string]>([
    ['no steps', undefined, 'its steps must be an object with at least one step'],
    ['a list of steps', [{ summary }], 'its steps must be an object with at least one step'],
    ['an empty object', {}, 'its steps must be an object with at least one step'],
    ['a step that is undefined', { open: undefined }, '"open" is undefined; declare it as an object'],
    ['a step that is a function', { open: summary }, '"open" is function; declare it as an object'],
    ['no summary', { open: {} }, '"open": its `summary` must be a function that returns a text'],
    ['a text as summary', { open: { summary: 'Open' } }, '"open": its `summary` must be a function'],
    ['a name with a colon', { 'o:pen': { summary } }, '"o:pen" is no name for a step; use letters'],
    ['a name of every object', { ['__proto__']: { summary } }, '"__proto__" is no name for a step'],
    ['a number', { open: { summary, undoneBy: 1 } }, '"open": `undoneBy` must be the name of another step'],
    ['a misspelt pivot', { open: { summary, after: 'pivo' } }, '"open": `after` can only be "pivot"'],
    [
      'a local step of no provider',
      { open: { summary, local: true } },
      '"open": only a step that calls a provider needs `local`',
    ],
    ['no local', { open: { summary, calls: 'provider', local: 'yes' } }, '"open": `local` can only be true'],
    ['many providers', { open: { summary, calls: ['a'] } }, '"open": `calls` can only be "provider"'],
    [
      'one refusal',
      { open: { summary, refuses: 'no' } },
      '"open": `refuses` must be a list of refusal types',
    ],
    [
      'a misspelt compensation, which would never run',
      { open: { summary, undoneby: 'close' }, close: { summary } },
      '"open": `undoneby` is no part of a step (summary, undoneBy, after, calls, local, refuses); drop it',
    ],
    [
      'a compensation behind the pivot',
      { open: { summary, undoneBy: 'close' }, close: { summary, after: 'pivot' } },
      '"close" compensates "open", and is behind the pivot, where nothing is compensated; drop its `after`',
    ],
  ])('%s', (_, steps, problem) => {
    const attempt = () => capability<Desk>()('desk', steps as never);
    expect(attempt).toThrow(InvalidConfigError);
    expect(attempt).toThrow(`capability "desk": ${problem}`);
  });

  test.each([undefined, '', 7])('the name %p', (name) => {
    expect(() => capability<Desk>()(name as never, sound)).toThrow(/a capability has the name \S+; give it/);
  });

  test.each(['', 7])('the task queue %p', (taskQueue) => {
    expect(() => capability<Desk>()('desk', sound, { taskQueue: taskQueue as never })).toThrow(
      /capability "desk": its task queue is \S+; give it a text, or leave it out/,
    );
  });
});
