import path from 'node:path';
import { bundleOfTests, quietRuntime, readHistories, replay } from 'sagaline/testing';
import { COURSES } from './courses';

beforeAll(quietRuntime);

// A change that would break bookings that are under way fails here. `npm run record` records a course that has no history yet.
test('the present code replays what older code has begun', async () => {
  const histories = await readHistories(path.join(__dirname, 'histories'), Object.keys(COURSES));
  await replay(histories, bundleOfTests('rooms'));
});
