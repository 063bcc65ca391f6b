/** `npm run record`: drives the workflow through its courses on a real Temporal server, and writes each history to test/histories. */
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import {
  bundleOfTests,
  driveProcess,
  quietRuntime,
  recordHistories,
  startTestServers,
} from 'sagaline/testing';
import { bookingRequested } from '../domains/hotel/events';
import { TASK_QUEUES } from '../domains/hotel/names';
import { routes } from '../domains/hotel/routes';
import { booking } from '../domains/hotel/workflows';
import { COURSES } from './courses';
import { createHotel } from './support/hotel';
import setup from './setup';

async function main(): Promise<void> {
  await setup();
  quietRuntime();
  const { temporalAddress: address, stop } = await startTestServers({ only: ['temporal'] });
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUES.rooms,
    workflowBundle: bundleOfTests('rooms'),
    activities: createHotel().activities[TASK_QUEUES.rooms],
  });
  const courses = Object.entries(COURSES).map(([course, guest]) => [
    course,
    async () => {
      const driver = driveProcess(client, { process: booking, routes, key: `b-${course}` });
      await driver.send(bookingRequested, { bookingId: `b-${course}`, guest, nights: 2 });
      return driver.handle;
    },
  ]);
  const recorded = await worker.runUntil(
    recordHistories(path.join(__dirname, 'histories'), Object.fromEntries(courses)),
  );
  for (const course of recorded) process.stdout.write(`${course}\n`);
  await client.connection.close();
  await connection.close();
  await stop();
}

void main();
