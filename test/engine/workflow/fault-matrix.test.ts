// The fault matrix with another domain than the shop, and whether it finds what is wrong with a saga.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessDefinition } from '../../../src/contracts';
import { STEP_STUCK } from '../../../src/contracts';
import type { HappyPath, Invariants, MatrixOptions } from '../../../src/testing';
import { faultMatrix, sagaFaultMatrix, told } from '../../../src/testing';
import { prepared } from '../../support/setup/handover';
import type { Agency } from '../../support/trip/agency';
import { createAgency, tripActivities } from '../../support/trip/agency';
import { booking } from '../../support/trip/capability';
import { brokenTrip, departed, requested, routesOf, trip } from '../../support/trip/domain';

/** Of one test. It takes a third of this; a busy machine took two thirds. */
const WITHIN_MS = 180_000;

const pathOf = (process: ProcessDefinition): HappyPath<Agency> => ({
  bundle: { codePath: prepared('bundles').trip },
  routes: routesOf(process),
  fixture: createAgency,
  activities: tripActivities,
  events: (tripId) => [
    told(requested, { tripId }),
    told(departed, { tripId }, (agency: Agency) => agency.isPaid()),
  ],
  ends: ['travelled', 'unused', 'compensated'],
  waits: [STEP_STUCK],
  capabilities: [booking],
  effects: ({ script }) => script.effects,
});

const invariants: Invariants<Agency> = {
  'hotel and flight, or none of them; and paid, or nothing': ({ fixture, state }) => {
    const isCompensated = state === 'compensated';
    assert.deepEqual([...fixture.booked].sort(), isCompensated ? [] : ['flight', 'hotel']);
    assert.equal(fixture.isPaid(), !isCompensated);
  },
};

async function redCells(process: ProcessDefinition, kinds: NonNullable<MatrixOptions['kinds']>) {
  const { cells } = await faultMatrix(process, pathOf(process), invariants, { kinds });
  const red = cells.filter(({ violations }) => violations.length > 0);
  return red.map(({ cell }) => `${cell.row} × ${cell.fault}`).sort();
}

test(
  'a saga that is right is green in every cell',
  async () => {
    // Fails with the violations of each cell.
    const texts: string[] = [];
    await sagaFaultMatrix(trip, pathOf(trip), invariants, { print: (text) => void texts.push(text) });
    const shown = texts.join('');
    expect(shown).toContain('Fault matrix of trip: 37 cells, 37 ✓, 0 ✗');
    expect(shown).toMatch(/bookFlight +✓ +✓ +✓ +✓ +✓ +✓ +✓ +✓/);
    expect(shown).toMatch(/bookHotel +✓ +✓ +· +✓ +✓ +✓ +✓ +✓/);
    expect(shown).toMatch(/trips\.departed +✓ +✓ +✓ +✓ +✓/);
  },
  WITHIN_MS,
);

test(
  'one that registers its compensation after the step is red where a step has an effect and no answer',
  async () => {
    expect(await redCells(brokenTrip, ['step'])).toEqual([
      'bookFlight × cancelled here',
      'bookFlight × compensation overtakes step',
      'bookFlight × has a defect',
      'bookFlight × times out',
      'bookHotel × cancelled here',
      'bookHotel × compensation overtakes step',
      'bookHotel × has a defect',
      'bookHotel × times out',
    ]);
  },
  WITHIN_MS,
);

// Two fixtures come before those of the cells: of the workers, and of the happy path. The last of seven events is a cell with a kill.
test.each([
  ['a cell', { only: 'trips.departed × worker killed here' }, ['it stands still: pending']],
  [
    'an attempt that is overtaken',
    { only: 'bookFlight × compensation overtakes step' },
    ['an attempt that Temporal has given up never answers'],
  ],
  ['one of two cells whose worker is killed', { kinds: ['event'] }, ['it stands still: pending']],
] as const)(
  'a step that never answers is told, and holds up nothing: %s',
  async (_, which, told) => {
    let number = 0;
    const path: HappyPath<Agency> = {
      ...pathOf(trip),
      fixture: () => {
        const agency = createAgency();
        number += 1;
        if (number !== ('only' in which ? 3 : 9)) return agency;
        const never = () => new Promise<never>(() => undefined);
        return { ...agency, activities: { ...agency.activities, bookFlight: never } };
      },
    };
    const { cells } = await faultMatrix(trip, path, {}, { ...which, standsStillMs: 3_000 });
    expect(cells.flatMap(({ violations }) => violations)).toEqual(told);
  },
  WITHIN_MS,
);

// With each of these delays, the saga stood still when the cancellation did not wait for the answer.
test(
  'a saga may be cancelled while the answer of another step is on its way',
  async () => {
    const delays = [2, 3, 4, 6];
    let number = 0;
    const path: HappyPath<Agency> = {
      ...pathOf(trip),
      fixture: () => {
        const agency = createAgency();
        const { bookHotel } = agency.activities;
        // A matrix makes three: of the workers, of the happy path, and of the cell.
        const ms = delays[Math.floor(number++ / 3)];
        const late: typeof bookHotel = async (input) => {
          await bookHotel(input);
          return sleep(ms, undefined);
        };
        return { ...agency, activities: { ...agency.activities, bookHotel: late } };
      },
    };
    while (number < 3 * delays.length) {
      const { cells } = await sagaFaultMatrix(trip, path, invariants, {
        only: 'bookFlight × cancelled here',
        standsStillMs: 10_000,
        print: () => undefined,
      });
      expect(cells).toHaveLength(1);
    }
  },
  WITHIN_MS,
);
