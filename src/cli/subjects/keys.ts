import { openKeyFile } from '../../security/codec';
import { KEYS_SETTING } from '../../security/personal';
import type { CliContext } from '../context';
import { CliError, EXIT } from '../exit';

/** The file of the master keys. @throws CliError without one */
export function masterKeysFile(cliContext: CliContext): string {
  const file = cliContext.config().PERSONAL_DATA_KEYS_FILE;
  if (file !== undefined) return file;
  throw new CliError(
    'no-keys',
    `${KEYS_SETTING} is not set: personal fields of this deployment are in clear`,
    EXIT.usage,
  );
}

export const masterKeys = (cliContext: CliContext) =>
  openKeyFile(masterKeysFile(cliContext), { setting: KEYS_SETTING });
