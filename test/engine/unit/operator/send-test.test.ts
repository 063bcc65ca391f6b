// A test event: only what a publisher outside may send, with a reason, on record before it is published.
import type { OutgoingEvent } from '../../../../src/contracts';
import { createCatalogue, defineDomain } from '../../../../src/contracts';
import type { OperatorContext } from '../../../../src/operator';
import { OperatorError, sendTestEvent, testableContracts } from '../../../../src/operator';
import { inClear } from '../../../../src/security/personal';
import { ownPinged, ownPingedV1, pingDomain, pinged } from '../../../support/ping/domain';

const wanted = {
  ...{ type: pinged.type, data: { pingId: 'p-7', urgency: 3 }, source: '/console', id: 'i-1' },
  reason: 'to see whether the workers are there',
};

function operator({ domain = pingDomain, refuses = false } = {}) {
  const done: unknown[] = [];
  const auditing: Pick<OperatorContext['auditing'], 'change'> = {
    change: async (about, effect, outcome) => {
      if (refuses) throw new OperatorError('audit-unavailable', 'the audit cannot be written');
      done.push(['recorded', about]);
      const result = await effect({ by: 'ada', audit: 1 });
      done.push(['outcome', outcome?.(result)]);
      return result;
    },
  };
  const publish = ({ subject, body }: OutgoingEvent) => {
    done.push(['published', subject, JSON.parse(Buffer.from(body).toString())]);
    return Promise.resolve({ stream: 'EVENTS', sequence: 17, duplicate: false });
  };
  const context = {
    ...{ auditing, personal: () => inClear },
    catalogue: { ...createCatalogue([domain]), endpoints: [{ path: '/pings', event: pinged }] },
    publisher: () => Promise.resolve(publish),
  } as unknown as OperatorContext;
  return { context, done };
}
const internalDomain = defineDomain({
  ...{ name: 'ping', events: [ownPingedV1, ownPinged], workflows: [], routes: [], webhooks: [] },
});

test('it is recorded with its reason, then published as its own source', async () => {
  const { context, done } = operator();
  expect(await sendTestEvent(context, wanted)).toMatchObject({ sequence: 17 });
  expect(done).toEqual([
    [
      'recorded',
      {
        ...{ action: 'events.publish', target: 'evt.pings.pinged.v2.p-7' },
        details: { source: '/console', id: 'i-1', reason: wanted.reason },
      },
    ],
    [
      'published',
      'evt.pings.pinged.v2.p-7',
      expect.objectContaining({ id: 'i-1', source: '/console', data: wanted.data }),
    ],
    ['outcome', { event: 17, duplicate: false }],
  ]);
});

test('without its record nothing is published', async () => {
  const { context, done } = operator({ refuses: true });
  await expect(sendTestEvent(context, wanted)).rejects.toThrow('the audit cannot be written');
  expect(done).toEqual([]);
});

test.each([
  ['a value out of bounds', { data: { pingId: 'p-7', urgency: 99 } }, 'invalid-data', 'data.urgency'],
  ['an unknown field', { data: { ...wanted.data, urgent: 1 } }, 'invalid-data', 'data.urgent'],
  ['the source of a provider', { source: '/providers/carrier' }, 'forbidden-origin', 'source'],
  ['the source of our own endpoint', { source: '/gateway/pings' }, 'forbidden-origin', 'source'],
  ['the source of our own steps', { source: '//sagaline/pings' }, 'forbidden-origin', 'source'],
])('%s is refused, and nothing is recorded', async (_, more, reason, path) => {
  const { context, done } = operator();
  await expect(sendTestEvent(context, { ...wanted, ...more })).rejects.toMatchObject({
    ...{ code: 'invalid-event', details: { reason, path } },
  });
  expect(done).toEqual([]);
});

test('an event that only our own steps publish is not offered, and refused', async () => {
  const { context, done } = operator({ domain: internalDomain });
  expect(testableContracts(context.catalogue)).toEqual([]);
  const asStep = { ...wanted, source: '/sagaline/pings' };
  await expect(sendTestEvent(context, asStep)).rejects.toMatchObject({ code: 'unknown-type' });
  expect(done).toEqual([]);
});
