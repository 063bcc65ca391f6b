// Subscriptions that contradict the domains are found before a process starts.
import type { AnySubscription, Subscription } from '../../../../src/contracts';
import { createCatalogue, InvalidConfigError } from '../../../../src/contracts';
import { orderSubmitted } from '../../../../domains/shop/events';
import { pinged, pingedV1, pingDomain } from '../../../support/ping/domain';

function problemsOf(...subscriptions: AnySubscription[]): readonly string[] {
  try {
    createCatalogue([{ ...pingDomain, subscriptions }]);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
}

const sound: Subscription = { name: 'pings', mode: 'shared', events: [pinged] };

test.each<[string, AnySubscription[], string[]]>([
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
  ['with batches', [{ ...sound, mode: 'shared', batch: { size: 500, withinMs: 250 } }], []],
  [
    'batches that are too large, and wait for too long',
    [{ ...sound, mode: 'shared', batch: { size: 1_001, withinMs: 5_001 } }],
    [
      'subscription "pings": `batch.size` is 1001; give it a whole number from 1 to 1000',
      'subscription "pings": `batch.withinMs` is 5001; give it a whole number from 1 to 5000',
    ],
  ],
  [
    'batches that are broadcast',
    // As from a project without types.
    [{ ...sound, mode: 'broadcast' as 'shared', batch: { size: 1, withinMs: 1 } }],
    ['subscription "pings": it has batches, whose members share a position; set its mode to "shared"'],
  ],
  [
    'an event of no domain',
    [{ ...sound, events: [orderSubmitted] }],
    [`subscription "pings": ${orderSubmitted.type} is not among the events of any domain`],
  ],
])('%s', (_, subscriptions, problems) => {
  expect(problemsOf(...subscriptions)).toEqual(problems);
});
