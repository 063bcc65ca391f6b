/** `sagaline api-keys`: keys of those who may use the gateway. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { newApiKey } from '../../security/tokens/api-keys';
import type { Scope } from '../../security/tokens/principal';
import { SCOPES } from '../../security/tokens/principal';
import type { CliContext } from '../context';
import type { Output } from '../options';
import { timestamp, withOutput } from '../options';
import { addToKeyFile } from './key-file';

interface CreateOptions extends Output {
  readonly scope: readonly Scope[];
  readonly principal?: string;
  readonly source?: readonly string[];
  readonly type?: readonly string[];
  readonly expires?: string;
  readonly file?: string;
}

export function addApiKeys(program: Command, cliContext: CliContext): void {
  const group = program
    .command('api-keys')
    .description('keys of those who may use the gateway: docs/tokens.md');
  const create = group
    .command('create')
    .description('makes a key, prints it once, and its entry for the file of API_KEYS_FILE, or adds it')
    .argument('<name>', 'the id of the key')
    .addOption(new Option('--scope <scope...>', 'what the key allows').choices(SCOPES).makeOptionMandatory())
    .option('--principal <name>', 'whose key it is; default: the name')
    .option('--source <source...>', 'only events of these sources; a "*" at the end stands for any rest')
    .option('--type <type...>', 'only events of these types; a "*" at the end stands for any rest')
    .option('--expires <time>', 'when the key ends, such as 2027-01-31T12:00:00Z', timestamp)
    .option('--file <path>', 'adds the entry to this file of API_KEYS_FILE, and makes it if it is not there');
  withOutput(create).action((name: string, options: CreateOptions) => {
    const { scope, principal = name, source, type, expires, file, output } = options;
    const { key, entry } = newApiKey({
      ...{ id: name, principal, scopes: [...scope] },
      ...(source && { sources: [...source] }),
      ...(type && { types: [...type] }),
      ...(expires !== undefined && { expires }),
    });
    if (file !== undefined) addToKeyFile(file, entry);
    const where =
      file === undefined
        ? `Its entry in the list of API_KEYS_FILE:\n\n${JSON.stringify(entry, null, 2)}`
        : `${file} has its hash: set API_KEYS_FILE to it.`;
    const text = `${key}\n\nThe key is not shown again. ${where}`;
    cliContext.terminal.out(output === 'json' ? JSON.stringify({ key, entry }) : text);
  });
}
