import { Worker } from '@temporalio/worker';
import { RefusalError } from 'sagaline';
import { bundleOfTests, driveProcess, startSkippingServer } from 'sagaline/testing';
import { bookingRequested } from '../domains/hotel/events';
import { REFUSALS, TASK_QUEUES } from '../domains/hotel/names';
import { routes } from '../domains/hotel/routes';
import { booking } from '../domains/hotel/workflows';
import type { Hotel } from './support/hotel';
import { createHotel } from './support/hotel';

let env: Awaited<ReturnType<typeof startSkippingServer>>;
let hotel: Hotel;
let stop: () => Promise<void>;

beforeAll(async () => {
  env = await startSkippingServer();
});
afterAll(() => env.teardown());

beforeEach(async () => {
  hotel = createHotel();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUES.rooms,
    workflowBundle: bundleOfTests('rooms'),
    activities: hotel.activities[TASK_QUEUES.rooms],
  });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
  };
});
afterEach(() => stop());

async function request(bookingId: string, guest = 'ada') {
  const driver = driveProcess(env.client, { process: booking, routes, key: bookingId });
  await driver.send(bookingRequested, { bookingId, guest, nights: 2 });
  return driver.result();
}

test('a room is reserved, and the booking confirmed', async () => {
  expect((await request('b-1')).state).toBe('booked');
  expect(hotel.script.log).toEqual(['reserveRoom', 'confirmBooking']);
});

test('a booking that cannot be confirmed gives the room back', async () => {
  expect((await request('b-2', 'nobody')).state).toBe('undone');
  expect(hotel.script.log).toEqual(['reserveRoom', 'releaseRoom']);
  expect(hotel.bookings.get('b-2')).toBe('undone');
});

test('without a room there is nothing to undo', async () => {
  hotel.script.fail('reserveRoom', new RefusalError(REFUSALS.noRoom, 'all rooms are taken'));
  expect((await request('b-3')).state).toBe('undone');
  expect(hotel.script.log).toEqual([]);
});
