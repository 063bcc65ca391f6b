/** `sagaline keys`: certificates, users and tokens for NATS and Temporal, with the least permissions that the project needs. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import type { Output } from '../options';
import { withOutput, wholeNumber } from '../options';
import type { KeysFolder } from '../../keys';
import {
  assertEmpty,
  dropFormer,
  initSigningKeys,
  keysFolder,
  natsAccessOf,
  renew,
  writeAll,
  writeUsers,
} from '../../keys';
import { addSigning } from './signing';

/** Certificates are renewed once a quarter; this leaves a month to notice that one was not. */
const DAYS = 120;
const MOST_DAYS = 3_650;
const NATS_PORT = 4222;
const TEMPORAL_PORT = 7233;
const MOST_PORT = 65_535;

interface InitOptions extends Output {
  readonly host: readonly string[];
  readonly port: number;
  readonly temporal?: readonly string[];
  readonly temporalPort: number;
  readonly days: number;
  readonly audience?: string;
}

export function addKeys(program: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  const access = () => natsAccessOf(cliContext.catalogue, cliContext.config());
  const keys = program
    .command('keys')
    .description(
      'certificates, users and tokens for NATS and Temporal; needs no server, and the project for the permissions',
    );
  const tell = ({ root }: KeysFolder, output: Output['output'], next: string) =>
    terminal.out(output === 'json' ? JSON.stringify({ folder: root }) : next);
  const days = ['--days <number>', 'validity of the certificates', wholeNumber(1, MOST_DAYS), DAYS] as const;

  withOutput(keys.command('init <folder>'))
    .description('makes an authority, certificates, a user for each role, and the configuration of a server')
    .requiredOption(
      '--host <name>',
      'name or address of the server; may be repeated, the first is NATS_URL',
      added,
    )
    .option('--port <number>', 'port of the server', wholeNumber(1, MOST_PORT), NATS_PORT)
    .option('--temporal <name>', 'the same for Temporal; without it, nothing is made for Temporal', added)
    .option('--temporal-port <number>', 'port of Temporal', wholeNumber(1, MOST_PORT), TEMPORAL_PORT)
    .option(...days)
    .option('--audience <name>', 'name of the deployment: makes the keys that sign events, too')
    .action(async (given: string, { host, port, days: valid, output, ...options }: InitOptions) => {
      const folder = keysFolder(given);
      await assertEmpty(folder);
      const temporal = options.temporal && {
        hosts: [...options.temporal],
        port: options.temporalPort,
        namespace: cliContext.config().TEMPORAL_NAMESPACE,
        keys: [],
      };
      const terms = { days: valid, now: new Date() };
      await writeAll(folder, { hosts: [...host], port, temporal, ...terms }, access());
      if (options.audience !== undefined) await initSigningKeys(folder, options.audience);
      tell(
        folder,
        output,
        `${folder.root}: start NATS with nats-server.conf, ${temporal ? 'Temporal with temporal/server.env, ' : ''}and each role with its settings.env.\n` +
          `Keep ca-key.pem${temporal ? ' and node-ca-key.pem' : ''} off the servers: whoever has it makes certificates.`,
      );
    });
  withOutput(keys.command('rotate <folder>'))
    .description('makes new certificates and users; the former users stay valid until "keys revoke"')
    .option(...days)
    .action(async (given: string, { days: valid, output }: Pick<InitOptions, 'days' | 'output'>) => {
      const folder = keysFolder(given);
      await renew(folder, await folder.read(), { days: valid, now: new Date() }, access());
      tell(
        folder,
        output,
        'First reload the server ("nats-server --signal reload"), then hand out the folders of the roles: they are\n' +
          'read again when a connection is made anew. When all use them, run "sagaline keys revoke".',
      );
    });
  withOutput(keys.command('revoke <folder>'))
    .description('ends the validity of the users from before the last rotation')
    .action(async (given: string, { output }: Output) => {
      const folder = keysFolder(given);
      await writeUsers(folder, dropFormer(await folder.read()), access());
      tell(folder, output, 'The former users are refused as soon as the server is reloaded.');
    });
  withOutput(keys.command('permissions <folder>'))
    .description('writes the permissions anew, after the events or subscriptions of the project have changed')
    .action(async (given: string, { output }: Output) => {
      const folder = keysFolder(given);
      await writeUsers(folder, await folder.read(), access());
      tell(folder, output, 'The permissions apply as soon as the server is reloaded.');
    });
  addSigning(keys, cliContext);
}

function added(host: string, before: readonly string[] = []): readonly string[] {
  return [...before, host];
}
