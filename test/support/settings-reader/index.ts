import { settingsReader } from 'sagaline/workflow';

const settings = settingsReader<{ READER_LEVELS: number }>();

/** What the setting says, as the history of this execution has it. */
export async function readLevels(): Promise<number> {
  const { READER_LEVELS } = await settings('READER_LEVELS');
  return READER_LEVELS;
}
