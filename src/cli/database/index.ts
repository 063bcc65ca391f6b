/** `sagaline database`: a login role of PostgreSQL for each process, with the least rights that the project needs. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { applySql, loginRoles, longNames, OWNER, rolesScript } from '../../adapters/postgres';
import type { CliContext } from '../context';
import { CliError, EXIT } from '../exit';
import type { KeysFolder } from '../../keys';
import { assertEmpty, keysFolder } from '../../keys';
import type { Output } from '../options';
import { withOutput, wholeNumber } from '../options';
import type { Renewed } from './write';
import { readRecord, renew, writeAuthority } from './write';

/** The certificate of the server is renewed once a quarter; this leaves a month to notice that it was not. */
const DAYS = 120;
const MOST_DAYS = 3_650;
const PORT = 5432;
const MOST_PORT = 65_535;

interface Admin {
  readonly adminUrlFile?: string;
}
interface InitOptions extends Output, Admin {
  readonly host: readonly string[];
  readonly port: number;
  readonly database: string;
  readonly mountedAt?: string;
  readonly days: number;
}

export function addDatabase(program: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  const database = program
    .command('database')
    .description(
      'login roles of PostgreSQL with the least rights that the project needs, and their passwords',
    );
  const days = ['--days <number>', 'validity of the certificate', wholeNumber(1, MOST_DAYS), DAYS] as const;
  const admin = [
    '--admin-url-file <file>',
    'a file with the address of an administrator: applies the roles',
  ] as const;
  const tell = ({ root }: KeysFolder, { output }: Output, next: string) =>
    terminal.out(output === 'json' ? JSON.stringify({ folder: root }) : next);
  const prefix = () => {
    const { DATABASE_ROLE_PREFIX: given } = cliContext.config();
    const [long] = longNames(given, [OWNER, ...loginRoles(cliContext.tables())]);
    if (long !== undefined)
      throw new CliError(
        'long-name',
        `${long}: PostgreSQL cuts it off; choose a shorter DATABASE_ROLE_PREFIX`,
        EXIT.usage,
      );
    return given;
  };

  /** The server first: a process that reads its new password must not find the former one there. */
  async function carryThrough({ sql, write }: Renewed, { adminUrlFile }: Admin): Promise<boolean> {
    if (adminUrlFile !== undefined) await applySql(await addressIn(adminUrlFile), sql);
    await write();
    return adminUrlFile !== undefined;
  }

  database
    .command('roles')
    .description('prints SQL for psql that makes the roles, with passwords from environment variables')
    .action(() => {
      const roles = loginRoles(cliContext.tables());
      terminal.out(rolesScript({ prefix: prefix(), roles }).trimEnd());
    });
  withOutput(database.command('init <folder>'))
    .description(
      'makes an authority, a certificate of the server, and a role with a password for each process',
    )
    .requiredOption(
      '--host <name>',
      'name or address of the server; may be repeated, the first is used',
      added,
    )
    .option('--port <number>', 'port of the server', wholeNumber(1, MOST_PORT), PORT)
    .option('--database <name>', 'name of the database, which must be there', 'sagaline')
    .option('--mounted-at <path>', 'where processes find the folder: /run/sagaline/database in Kubernetes')
    .option(...days)
    .option(...admin)
    .action(async (given: string, options: InitOptions) => {
      const folder = keysFolder(given);
      await assertEmpty(folder);
      const { host, port, database: name, mountedAt, days: valid } = options;
      const terms = { days: valid, now: new Date() };
      const known = { hosts: [...host], port, database: name, prefix: prefix(), mountedAt };
      await writeAuthority(folder, terms);
      const isApplied = await carryThrough(await renew(folder, known, terms, cliContext.tables()), options);
      const apply = isApplied ? '' : 'run roles.sql as an administrator, in the database; then ';
      tell(
        folder,
        options,
        `${folder.root}: start PostgreSQL with server.pem and server-key.pem; ${apply}start each process with its settings.env.\n` +
          'Keep ca-key.pem and roles.sql off the servers.',
      );
    });
  withOutput(database.command('rotate <folder>'))
    .description('makes new passwords, a new certificate of the server, and roles for pools that are new')
    .option(...days)
    .option(...admin)
    .action(async (given: string, options: Pick<InitOptions, 'days' | 'output' | 'adminUrlFile'>) => {
      const folder = keysFolder(given);
      const terms = { days: options.days, now: new Date() };
      const renewed = await renew(folder, await readRecord(folder), terms, cliContext.tables());
      const isApplied = await carryThrough(renewed, options);
      tell(
        folder,
        options,
        isApplied
          ? 'The new passwords are in use: each process reads its own again for its next connection.'
          : 'Run roles.sql as an administrator at once: new connections are refused until then.',
      );
    });
  withOutput(database.command('apply <folder>'))
    .description('runs roles.sql of the folder')
    .requiredOption(...admin)
    .action(async (given: string, options: Output & Required<Admin>) => {
      const folder = keysFolder(given);
      await applySql(await addressIn(options.adminUrlFile), await folder.text('roles.sql'));
      tell(folder, options, 'The roles are there. "sagaline provision" grants their rights on the tables.');
    });
}

async function addressIn(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim();
}

function added(host: string, before: readonly string[] = []): readonly string[] {
  return [...before, host];
}
