import assert from 'node:assert/strict';
import { bundleOfTests, sagaFaultMatrix, told } from 'sagaline/testing';
import { book, oncall } from '../domain/capabilities';
import { alertAcknowledged, alertRaised, alertResolved } from '../domain/events';
import { routes } from '../domain/routes';
import { deviceSettings } from '../domain/settings';
import { alert } from '../domain/workflows';
import { createFakeDevices, deviceActivities } from './fakes';

const WITHIN_MS = 90_000;
const { at } = alertRaised.example;

test.each([
  { where: 'on its own task queue', placed: [] },
  { where: "placed with the workflow's pool", placed: [oncall] },
])(
  'an alert survives every fault, with the on-call $where',
  async ({ placed }) => {
    const { cells } = await sagaFaultMatrix(
      alert,
      {
        bundle: bundleOfTests('devices'),
        routes: routes(deviceSettings.parse({})),
        fixture: createFakeDevices,
        activities: (fixture) => deviceActivities(fixture, { placed: placed.length > 0 }),
        placed,
        events: (deviceId) => [
          told(alertRaised, { ...alertRaised.example, deviceId }),
          told(alertAcknowledged, { deviceId, by: 'ada', at }),
          told(alertResolved, { deviceId, by: 'ada', at }),
        ],
        ends: ['resolved', 'given-up'],
        waits: ['step-stuck'],
        capabilities: [book, oncall],
        effects: ({ script }) => script.effects,
      },
      {
        'no ticket is left open': ({ fixture, key }) => assert.notEqual(fixture.tickets.get(key), 'open'),
        'the book says how it ended': ({ fixture, key, state }) =>
          assert.equal(fixture.alerts.get(key)?.state, state),
      },
    );
    expect(cells.length).toBeGreaterThanOrEqual(43);
  },
  WITHIN_MS,
);
