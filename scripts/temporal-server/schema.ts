// Temporal's two databases, with the schemas that its own tool carries.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DATABASES, SQL_PLUGIN } from './node-config';

export async function createSchemas(sqlTool: string, databaseUrl: string): Promise<void> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const env = {
    SQL_PLUGIN,
    SQL_HOST: hostname,
    SQL_PORT: port,
    SQL_USER: username,
    SQL_PASSWORD: password,
  };
  for (const [schema, database] of Object.entries(DATABASES)) {
    const run = (...args: string[]) => promisify(execFile)(sqlTool, ['--db', database, ...args], { env });
    await run('create-database');
    await run('setup-schema', '--version', '0.0');
    await run('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}
