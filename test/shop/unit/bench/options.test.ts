import { InvalidArgumentError } from 'commander';
import { partsNamed, partsOn } from '../../../../bench/options';
import type { Part } from '../../../../bench/part';

const part = (name: string, more: Partial<Part> = {}): Part => ({
  name,
  about: '',
  run: () => Promise.resolve([]),
  ...more,
});
const bridge = part('bridge', { onProduction: true });
const saga = part('saga', { onProduction: true });
const stub = part('stub');
const all = [bridge, stub, saga];

test('parts come in the order in which they are named', () => {
  expect(partsNamed('saga,bridge', all)).toEqual([saga, bridge]);
});

test('an unknown part is refused, with those that there are', () => {
  expect(() => partsNamed('saga,sagas', all)).toThrow(
    new InvalidArgumentError('there is no part "sagas", only bridge,stub,saga.'),
  );
});

test('without names all parts run that can run on the server', () => {
  expect(partsOn('development', undefined, all)).toEqual(all);
  expect(partsOn('production', undefined, all)).toEqual([bridge, saga]);
});

test('a part that was named and cannot run on the server is refused, with what to do', () => {
  expect(partsOn('production', [saga], all)).toEqual([saga]);
  expect(() => partsOn('production', [saga, stub], all)).toThrow(
    new InvalidArgumentError(
      'stub cannot run on the production server, only bridge,saga. Leave it out of --only, or leave out --server.',
    ),
  );
});
