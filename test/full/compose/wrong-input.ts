// What somebody who has made a mistake is told by `docker compose up`.
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { Project } from './project';

/** A mistake, and what must be said of it: the place, and the remedy. */
interface Mistake {
  readonly what: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly told: readonly RegExp[];
  /** Services whose logs the message sends to. */
  readonly logs?: readonly string[];
}

/** @returns what was not told */
export async function wrongInputProblems(project: Project, say: (line: string) => void): Promise<string[]> {
  await project.compose(['down']);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const mistakes: readonly Mistake[] = [
    {
      what: 'a secret is missing',
      environment: { POSTGRES_PASSWORD: '' },
      told: [/POSTGRES_PASSWORD is missing a value: see the top of this file/],
    },
    {
      what: 'a port is taken',
      environment: { GATEWAY_PORT: port },
      told: [new RegExp(`127\\.0\\.0\\.1:${port}: bind: address already in use`)],
    },
    {
      what: 'the administrator has another password',
      environment: { POSTGRES_PASSWORD: 'another-one' },
      told: [
        /service "database-roles" didn't complete successfully/,
        /password authentication failed for user "postgres"/,
        /POSTGRES_PASSWORD is not the one with which the volume was made/,
      ],
      logs: ['database-roles'],
    },
  ];
  const problems: string[] = [];
  for (const { what, environment, told, logs = [] } of mistakes) {
    const { code, said } = await project.compose(['up', '--detach', '--wait'], { environment });
    const log = logs.length === 0 ? '' : (await project.compose(['logs', ...logs])).said;
    const missing = told.filter((each) => !each.test(`${said}\n${log}`));
    if (code === 0) problems.push(`${what}: up ends with 0`);
    problems.push(...missing.map((each) => `${what}: ${String(each)} was not said, but\n${said}\n${log}`));
    say(`${what}: ${code === 0 || missing.length > 0 ? 'NOT told' : 'told'}`);
    await project.compose(['down']);
  }
  taken.close();
  return problems;
}
