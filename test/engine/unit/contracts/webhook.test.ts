import { z } from 'zod';
import { defineWebhook, newEvent, notification, RepeatedEventIdError } from '../../../../src/contracts';
import { pinged, ponged } from '../../../support/ping/domain';

const body = z.object({ id: z.string().min(1), ping: z.string(), count: z.int().optional() });
const toPing = ({ id, ping }: z.infer<typeof body>) =>
  newEvent(pinged, { id, data: { pingId: ping, urgency: 1 } });
const toPong = ({ id, ping }: z.infer<typeof body>) => newEvent(ponged, { id, data: { pingId: ping } });
const notifications = {
  pinged: notification(body, toPing),
  both: notification(body, (it) => [toPing(it), toPong({ ...it, id: `${it.id}:pong` })]),
  twice: notification(body, (it) => [toPing(it), toPong(it)]),
  none: notification(body, () => []),
};
const common = { provider: 'pings', verify: () => ({ ok: true }) as const, notifications };
const single = defineWebhook({ ...common, type: 'meta.type' });
const listed = defineWebhook({ ...common, type: 'item.type', each: 'data.list' });
const inHeader = defineWebhook({ ...common, type: { header: 'X-Ping-Event' } });

const of = (type: unknown, more: object = {}) => ({ meta: { type }, id: 'a', ping: 'p-1', ...more });
const readSingle = (value: unknown) => single.read({ body: value, headers: {} });

test('a notification becomes an event', () => {
  expect(readSingle(of('pinged'))).toEqual({
    kind: 'events',
    events: [{ contract: pinged, id: 'a', data: { pingId: 'p-1', urgency: 1 } }],
    problem: undefined,
  });
});

test('a notification may become several events, each with its own id, or none', () => {
  const reading = readSingle(of('both'));
  expect(reading).toMatchObject({ events: [{ id: 'a' }, { id: 'a:pong' }] });
  expect(readSingle(of('none'))).toEqual({ kind: 'ignored' });
});

test('two events with one id are a mistake of ours, and a loud one: the stream would keep the first alone', () => {
  expect(() => readSingle(of('twice'))).toThrow(RepeatedEventIdError);
});

test.each([
  ['another type', of('paid', { ping: 7 })],
  ['the name of a method', of('toString')],
  ['an empty type', { meta: { type: '' } }],
])('%s is ignored, whatever else is in it', (_, value) => {
  expect(readSingle(value)).toEqual({ kind: 'ignored' });
});

test.each([
  ['ping', of('pinged', { ping: 7 })],
  ['meta.type', of(7)],
  ['meta.type', { meta: 'pinged' }],
  ['meta.type', {}],
  [undefined, 'pinged'],
  [undefined, null],
  [undefined, [of('pinged')]],
])('what is wrong is told with its place: %s in %j', (path, value) => {
  const reading = readSingle(value);
  expect(reading).toMatchObject({ kind: 'events', events: [] });
  expect(reading.kind === 'events' && reading.problem?.path).toBe(path);
});

test('the type may be in a header', () => {
  const read = (headers: Record<string, string>, value: unknown = of(undefined)) =>
    inHeader.read({ body: value, headers }).kind;
  expect(read({ 'x-ping-event': 'pinged' })).toBe('events');
  expect(read({ 'x-ping-event': 'starred' }, 'no object')).toBe('ignored');
  expect(read({})).toBe('ignored');
});

describe('several notifications in one call', () => {
  const item = (type: unknown, more: object = {}) => ({ item: { type }, id: 'a', ping: 'p-1', ...more });
  const read = (...list: unknown[]) => listed.read({ body: { data: { list } }, headers: {} });

  test('become events in their order, those of unknown types left out', () => {
    const reading = read(item('pinged'), item('paid', { id: 7 }), item('both', { id: 'b' }));
    expect(reading).toMatchObject({ events: [{ id: 'a' }, { id: 'b' }, { id: 'b:pong' }] });
    expect(reading).toMatchObject({ problem: undefined });
  });

  test('a wrong one is told with its place, and does not hold up the others', () => {
    const reading = read(item('pinged'), item('pinged', { id: 'b', ping: 7 }), item('pinged', { id: 'c' }));
    expect(reading).toMatchObject({
      events: [{ id: 'a' }, { id: 'c' }],
      problem: { path: 'data.list[1].ping' },
    });
  });

  test('are ignored when there is none that is used', () => {
    expect(read(item('paid'), item('starred'))).toEqual({ kind: 'ignored' });
    expect(read()).toEqual({ kind: 'ignored' });
  });

  test('must be a list', () => {
    expect(listed.read({ body: { data: { list: {} } }, headers: {} })).toMatchObject({
      problem: { path: 'data.list' },
    });
  });
});
