/** `sagaline keys signing`: keys of those who sign events. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { PublicKeyEntry } from '../../security/signatures';
import type { CliContext } from '../context';
import type { Output } from '../options';
import { timestamp, withOutput, wholeNumber } from '../options';
import { table } from '../table';
import {
  createSigningKey,
  initSigningKeys,
  keysFolder,
  readEntries,
  revokeSigningKey,
  rotateSigningKey,
} from '../../keys';

const DAY_MS = 24 * 60 * 60_000;
/** A former key signs for a week, so that the new one can be handed out. */
const OVERLAP_DAYS = 7;
const MOST_OVERLAP_DAYS = 365;
/** Processes that have the folder itself read changed public keys within a second. */
const READ_AGAIN_MS = 1_500;

interface CreateOptions extends Output {
  readonly source: readonly string[];
  readonly expires?: string;
}

interface RotateOptions extends Output {
  readonly overlapDays: number;
}

export function addSigning(keys: Command, { terminal }: CliContext): void {
  const signing = keys.command('signing').description('keys that sign events: docs/signed-events.md');
  const tell = (result: object, output: Output['output'], text: string) =>
    terminal.out(output === 'json' ? JSON.stringify(result) : text);

  withOutput(signing.command('init <folder>'))
    .description('makes the keys of gateway, relay and operator, and the settings of each role')
    .requiredOption('--audience <name>', 'name of the deployment, which is in every signature')
    .action(async (given: string, { audience, output }: Output & { readonly audience: string }) => {
      const folder = keysFolder(given);
      await initSigningKeys(folder, audience);
      tell({ folder: folder.root }, output, `${folder.root}: start each role with its signing.env.`);
    });
  withOutput(signing.command('create <folder> <name>'))
    .description('makes the key of a publisher')
    .requiredOption('--source <source...>', 'the sources that it signs for: /publisher, /publisher/*')
    .option('--expires <time>', 'when the key ends, such as 2027-01-31T12:00:00Z', timestamp)
    .action(async (given: string, name: string, { source, expires, output }: CreateOptions) => {
      const about = { name: keyName(name), sources: [...source], ...(expires !== undefined && { expires }) };
      const file = await createSigningKey(keysFolder(given), about);
      tell(
        { file, kid: `${name}-1` },
        output,
        `${file} is the private key: give it to the publisher, and hand out signing-keys.json.`,
      );
    });
  withOutput(signing.command('list <folder>'))
    .description('the keys, and what they may sign')
    .action(async (given: string, { output }: Output) => {
      const entries = await readEntries(keysFolder(given));
      tell({ keys: entries }, output, table(['key', 'sources', 'validity'], entries.map(rowOf)));
    });
  withOutput(signing.command('rotate <folder> <name>'))
    .description('makes a new key; the former one ends after an overlap')
    .option(
      '--overlap-days <number>',
      'how long the former key goes on',
      wholeNumber(0, MOST_OVERLAP_DAYS),
      OVERLAP_DAYS,
    )
    .action(async (given: string, name: string, { overlapDays, output }: RotateOptions) => {
      const rotated = await rotateSigningKey(keysFolder(given), {
        name,
        formerExpires: new Date(Date.now() + overlapDays * DAY_MS),
        published: () => sleep(READ_AGAIN_MS),
      });
      const order = 'first hand out signing-keys.json to all that check signatures, then the private key';
      tell(rotated, output, `${rotated.kid}, ${rotated.file}: ${order}.`);
    });
  withOutput(signing.command('revoke <folder> <key-id>'))
    .description('ends a key at once, for events that are stored already, too')
    .action(async (given: string, kid: string, { output }: Output) => {
      await revokeSigningKey(keysFolder(given), kid);
      tell({ revoked: kid }, output, `${kid} is revoked for all that have read the new signing-keys.json.`);
    });
}

function rowOf({ kid, sources, notBefore, expires, revoked }: PublicKeyEntry): string[] {
  const validity = [
    ...(notBefore === undefined ? [] : [`from ${notBefore}`]),
    ...(expires === undefined ? [] : [`until ${expires}`]),
    ...(revoked === true ? ['revoked'] : []),
  ];
  return [kid, sources.join(', '), validity.join(', ')];
}

/** It becomes a folder and a part of the key id. */
function keyName(name: string): string {
  if (/^[\w-]{1,80}$/.test(name)) return name;
  throw new InvalidArgumentError('The name must be 1 to 80 letters, digits, "_" and "-".');
}
