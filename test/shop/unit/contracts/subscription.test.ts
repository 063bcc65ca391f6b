// Subscriptions that contradict the domains are found before a process starts.
import type { Subscription } from '../../../../src/contracts';
import { createCatalogue, InvalidConfigError } from '../../../../src/contracts';
import { orderSubmitted } from '../../../../domains/shop/events';
import { pinged, pingedV1, pingDomain } from '../../../support/ping/domain';

function problemsOf(...subscriptions: Subscription[]): readonly string[] {
  try {
    createCatalogue([{ ...pingDomain, subscriptions }]);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
}

const sound: Subscription = { name: 'pings', mode: 'shared', events: [pinged] };

test.each<[string, Subscription[], string[]]>([
  ['sound', [sound], []],
  ['two of one name', [sound, sound], ['two subscriptions are called "pings"; rename one of them']],
  [
    'a name that is no part of a consumer',
    [{ ...sound, name: 'all.pings' }],
    ['subscription "all.pings": its name must be 1 to 32 lower-case letters, digits and "-"'],
  ],
  ['no events', [{ ...sound, events: [] }], ['subscription "pings": it names no event']],
  [
    'a version that nobody hands over',
    [{ ...sound, events: [pingedV1] }],
    [`subscription "pings": ${pingedV1.type} is upcast before it is handed over; name ${pinged.type}`],
  ],
  [
    'an event of no domain',
    [{ ...sound, events: [orderSubmitted] }],
    [`subscription "pings": ${orderSubmitted.type} is not among the events of any domain`],
  ],
])('%s', (_, subscriptions, problems) => {
  expect(problemsOf(...subscriptions)).toEqual(problems);
});
