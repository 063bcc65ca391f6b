import { settingsActivity } from '../../../../src/effects';

const { 'sagaline.settings': read } = settingsActivity({ ALERT_LEVELS: 3, ALERT_TOKEN: 'secret' });

test('gives the settings that are asked for, and no other', async () => {
  expect(await read({ names: ['ALERT_LEVELS'] })).toEqual({ ALERT_LEVELS: 3 });
});

test.each([
  ['a bigint', 1n],
  ['a date', new Date(0)],
  ['no finite number', Infinity],
])('%s, which JSON changes, is a defect that names it', async (_, value) => {
  const reading = settingsActivity({ ALERT_AT: value })['sagaline.settings']({ names: ['ALERT_AT'] });
  await expect(reading).rejects.toMatchObject({
    nonRetryable: true,
    message: expect.stringContaining('ALERT_AT: a workflow gets JSON') as string,
  });
});

test('a setting that the domain does not have is a defect that names those which it has', async () => {
  await expect(read({ names: ['ALERT_LEVELS', 'ALERT_LEVEL'] })).rejects.toMatchObject({
    type: 'invalid-input',
    nonRetryable: true,
    message: "the settings of the pool's domain have no ALERT_LEVEL; they have ALERT_LEVELS, ALERT_TOKEN",
  });
});
