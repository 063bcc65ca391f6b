import type { Domain } from '../../src/contracts';
import { runCli } from '../../src/cli';
import type { App } from '../../src/runtime/app';
import { pingDomain } from './ping/domain';
import { prepared } from './setup/handover';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  /** Standard output as one JSON value. */
  json(): Record<string, unknown>;
  /** The error as JSON. */
  problem(): Record<string, unknown>;
}

export interface TestCli {
  (...args: string[]): Promise<Said>;
  /** The same with standard input, or with files of these contents. */
  given(fixture: { input?: string; files?: Record<string, string>; interrupted?: AbortSignal }): TestCli;
}

/** The command line in this process, on the test's servers. */
export function testCli(
  environment: Record<string, string>,
  domains: readonly Domain[] = [pingDomain],
  subscriptions?: App['subscriptions'],
  folder: Pick<
    Parameters<typeof runCli>[1],
    'project' | 'pools' | 'replayer' | 'tables' | 'payloadCodecs'
  > = {},
): TestCli {
  const make = (fixture: Parameters<TestCli['given']>[0]): TestCli => {
    const run = async (...args: string[]): Promise<Said> => {
      const out: string[] = [];
      const error: string[] = [];
      const code = await runCli(args, {
        domains,
        subscriptions,
        ...folder,
        environment,
        user: 'tester',
        terminal: {
          out: (text) => void out.push(text),
          error: (text) => void error.push(text),
          input: () => Promise.resolve(Buffer.from(fixture.input ?? '')),
          file: (path) => {
            const content = fixture.files?.[path];
            return content === undefined
              ? Promise.reject(new Error(`ENOENT: no such file, open '${path}'`))
              : Promise.resolve(Buffer.from(content));
          },
          interrupted: fixture.interrupted ?? new AbortController().signal,
        },
      });
      const said = { code, out: out.join('\n'), error: error.join('\n') };
      return {
        ...said,
        json: () => JSON.parse(said.out) as Record<string, unknown>,
        problem: () => (JSON.parse(said.error) as { error: Record<string, unknown> }).error,
      };
    };
    return Object.assign(run, { given: make });
  };
  return make({});
}

/** Where the servers of a test run are, as environment variables. */
export function serverSettings(natsUrl: string): Record<string, string> {
  const { temporalAddress, databaseUrl } = prepared('servers');
  return { NATS_URL: natsUrl, TEMPORAL_ADDRESS: temporalAddress, DATABASE_URL: databaseUrl };
}
