import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { AuditFinding, AuditHead } from '../../security/audit';
import { auditRecords, beginVerification, headIn, headText } from '../../security/audit';
import { EXIT } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';

/** Findings that are printed; all are counted. A chain that was changed everywhere would fill the memory. */
const SHOWN = 100;

interface VerifyOptions extends Output {
  readonly head?: AuditHead;
}

export function addVerify(audit: Command, cliContext: CliContext): void {
  withOutput(
    audit
      .command('verify')
      .description('checks every record against its hash and its neighbours, and names those that do not fit')
      .option('--head <sequence:hash>', 'a head that was kept: records up to it must be there', keptHead),
  ).action((options: VerifyOptions) => verify(cliContext, options));
}

async function verify(cliContext: CliContext, { head: kept, output }: VerifyOptions): Promise<void> {
  const check = beginVerification(kept);
  const shown: AuditFinding[] = [];
  let found = 0;
  let records = 0;
  const take = (findings: readonly AuditFinding[]) => {
    found += findings.length;
    shown.push(...findings.slice(0, Math.max(SHOWN - shown.length, 0)));
  };
  for await (const record of auditRecords(cliContext.database())) {
    records++;
    take(check.next(record));
  }
  take(check.end());
  const last = check.head();
  const head = last && headText(last);
  cliContext.terminal.out(
    output === 'json'
      ? JSON.stringify({ records, head: head ?? null, findings: shown, omitted: found - shown.length })
      : [
          ...shown.map(inWords),
          ...(found > shown.length ? [`and ${found - shown.length} more`] : []),
          `${records} records${found === 0 ? ': all are as they were written' : ''}${head === undefined ? '' : `; head ${head}`}`,
        ].join('\n'),
  );
  if (found > 0) cliContext.exitWith(EXIT.findings);
}

function inWords(finding: AuditFinding): string {
  switch (finding.kind) {
    case 'changed':
      return `record ${finding.sequence} was changed: it does not have its hash`;
    case 'unlinked':
      return finding.sequence === 0
        ? `record ${finding.next} was replaced: it is not the first of this chain`
        : `record ${finding.sequence} or ${finding.next} was replaced: they do not follow each other`;
    case 'missing':
      return finding.last === finding.sequence
        ? `record ${finding.sequence} is missing`
        : `records ${finding.sequence} to ${finding.last} are missing`;
    case 'out-of-order':
      return `record ${finding.sequence} was inserted: its sequence was there before`;
    case 'another-chain':
      return `record ${finding.sequence} is not the one of the kept head: the chain up to it was made anew`;
  }
}

function keptHead(text: string): AuditHead {
  const head = headIn(text.trim());
  if (head) return head;
  throw new InvalidArgumentError('It must be what "sagaline audit head" prints: <sequence>:<hash>.');
}
