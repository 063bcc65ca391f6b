import { settingsReader } from 'sagaline/workflow';

const settings = settingsReader<{ READER_LEVELS: number }>();

/** The value of the setting, as it is in the history of this execution. */
export async function readLevels(): Promise<number> {
  const { READER_LEVELS } = await settings('READER_LEVELS');
  return READER_LEVELS;
}
