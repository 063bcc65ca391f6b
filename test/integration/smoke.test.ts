import { createTestDatabase } from '../support/database';
import { startTestNats } from '../support/nats';

test('smoke', async () => {
  const nats = await startTestNats();
  const db = await createTestDatabase();
  expect(await db.database.query('select count(*) from sagaline.effects')).toEqual([{ count: '0' }]);
  await db.end();
  await nats.stop();
});
