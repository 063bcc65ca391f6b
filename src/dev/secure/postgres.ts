import { keptFile, randomSecret } from './files';
import type { MakePart } from './part';

/** PostgreSQL with a password that nobody can guess. All processes share it: docs/secured-start.md. */
export const postgres: MakePart = async ({ folder, config, given }) => {
  // A server of one's own has its users.
  if (given['DATABASE_URL']) return {};
  const { content: password } = await keptFile(folder, 'password', randomSecret);
  const url = new URL(config.DATABASE_URL);
  url.password = password;
  return { settingsOf: () => ({ DATABASE_URL: url.href }), servers: { postgres: { password } } };
};
