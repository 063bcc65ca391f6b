import type { DomainEvent } from '../../../../src/contracts';
import { defineDomain, defineRoutes, route, workflowIdOf } from '../../../../src/contracts';
import { ping, pingDomain, ponged } from '../../../support/ping/domain';

test('a route only reaches its workflow and dead-letters what it cannot deliver, unless it says otherwise', () => {
  expect(route({ event: ponged, workflow: ping })).toEqual({
    event: ponged,
    condition: undefined,
    workflow: ping,
    opens: false,
    onMissing: 'deadLetter',
    onClosed: 'deadLetter',
  });
  const said = {
    event: ponged,
    workflow: ping,
    opens: true,
    onMissing: 'discard',
    onClosed: 'discard',
  } as const;
  expect(route(said)).toEqual({ ...said, condition: undefined });
});

test('a condition sees the event', () => {
  const { condition } = route({
    event: ponged,
    workflow: ping,
    condition: ({ data }) => data.note === 'yes',
  });
  const event = (note: string): DomainEvent => ({
    id: '1',
    source: '/',
    type: ponged.type,
    key: 'p',
    data: { pingId: 'p', note },
  });
  expect([condition?.(event('yes')), condition?.(event('no'))]).toEqual([true, false]);
});

test('routes are named by their keys, in their order', () => {
  const one = route({ event: ponged, workflow: ping });
  expect(defineRoutes({ b: one, a: one })).toEqual([
    { name: 'b', ...one },
    { name: 'a', ...one },
  ]);
});

test('a workflow has one id for each correlation key', () => {
  expect(workflowIdOf(ping, 'p-1')).toBe('ping-p-1');
});

test('a domain cannot be changed once it is defined', () => {
  expect(Object.isFrozen(defineDomain({ ...pingDomain }))).toBe(true);
});
