import type { Command } from 'commander';
import { oneLine } from '../../contracts';
import type { AuditRecord } from '../../security/audit';
import { listAuditRecords } from '../../security/audit';
import type { Output } from '../options';
import { moment, sequenceNumber, wholeNumber, withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';

const PAGE = 20;
const LARGEST_PAGE = 1_000;

interface ListOptions extends Output {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly since?: Date;
  readonly unfinished?: boolean;
  readonly cursor?: number;
  readonly limit: number;
}

export function addList(audit: Command, cliContext: CliContext): void {
  withOutput(audit.command('list').description('records, the newest first'))
    .option('--actor <name>', 'of this operator only')
    .option('--action <action>', 'of this action only, such as dead-letters.redrive')
    .option('--target <target>', 'about this only: "dead-letter 17", a workflow id')
    .option('--since <time>', 'since then: 2h (ago), or 2026-01-31T12:00:00Z', moment)
    .option('--unfinished', 'changes without an outcome: the command ended before it was recorded')
    .option('--limit <number>', 'so many at most', wholeNumber(1, LARGEST_PAGE), PAGE)
    .option('--cursor <sequence>', 'goes on where the page before has ended', sequenceNumber)
    .action(async ({ limit, cursor, output, unfinished, ...filter }: ListOptions) => {
      // One more says whether there is another page.
      const found = await listAuditRecords(cliContext.database(), {
        ...filter,
        ...(unfinished === true && { unanswered: 'change' }),
        before: cursor,
        limit: limit + 1,
      });
      const records = found.slice(0, limit);
      const next = found.length > limit ? records.at(-1)?.sequence : undefined;
      if (output === 'json') {
        cliContext.terminal.out(JSON.stringify({ records: records.map(asJson), next: next ?? null }));
        return;
      }
      cliContext.terminal.out(records.length === 0 ? 'none' : table(COLUMNS, records.map(asRow)));
      if (next !== undefined) cliContext.terminal.out(`\nmore: --cursor ${next}`);
    });
}

const COLUMNS = ['record', 'at', 'actor', 'role', 'kind', 'action', 'target', 'details'];
const MAX_CELL = 120;

function asJson({ details, ...record }: AuditRecord): object {
  return { ...record, details: JSON.parse(details) as object };
}

function asRow(record: AuditRecord): string[] {
  const { sequence, recordedAt, actor, verified, role, kind, refersTo, action, target, details } = record;
  return [
    ...[String(sequence), recordedAt, verified ? actor : `${actor} (unverified)`, role],
    ...[refersTo === undefined ? kind : `${kind} of ${refersTo}`, action, target, details.slice(0, MAX_CELL)],
  ].map(oneLine);
}
