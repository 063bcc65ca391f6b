import { visible } from '../../contracts';
import type { ReplayVerdict } from '../../testing/replay';
import { linkTo } from '../../operator/link';
import type { Output } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import type { Found } from './histories';

/** A history and the verdict of its replay. */
export interface Replayed {
  readonly found: Found;
  readonly verdict: ReplayVerdict;
}

/** Prints each failed replay with its place, then the count for each workflow type. */
export function show(cliContext: CliContext, replayed: readonly Replayed[], { output }: Output): void {
  const { terminal } = cliContext;
  const bad = replayed
    .filter(({ verdict }) => verdict.kind !== 'replays')
    .sort((one, other) => one.found.name.localeCompare(other.found.name));
  if (output === 'json') {
    const findings = bad.map(({ found, verdict }) => ({
      name: found.name,
      workflow: found.type,
      workflowId: verdict.workflowId,
      runId: found.runId,
      open: found.open,
      kind: verdict.kind,
      ...(verdict.kind === 'differs' ? verdict.difference : {}),
      ...(verdict.kind === 'fails' ? { message: verdict.message } : {}),
    }));
    terminal.out(JSON.stringify({ histories: replayed.length, findings }));
    return;
  }
  for (const { found, verdict } of bad) {
    terminal.out(visible(accountOf(verdict, found)));
    if (found.runId !== undefined)
      terminal.out(`  see:         ${linkTo(cliContext.config(), found.name, found.runId)}`);
    terminal.out('');
  }
  if (replayed.length === 0) terminal.out('there are no histories');
  else terminal.out(table(['workflow', 'histories', 'open', 'replay', 'do not'], summaryOf(replayed)));
}

/**
 * Describes a failed replay so that a person finds the place: the run, the event, the recorded command, and the command of the
 * present code.
 */
function accountOf(verdict: ReplayVerdict, { name, type, runId, open }: Found): string {
  const run = runId === undefined ? '' : `, run ${runId}, ${open === true ? 'open' : 'closed'}`;
  const head = `${type} ${name}${run}`;
  if (verdict.kind !== 'differs')
    return `${head}: cannot be replayed\n  why:         ${verdict.kind === 'fails' ? verdict.message : ''}`;
  const { eventId, expected, got, detail } = verdict.difference;
  return [
    `${head}: differs${eventId === undefined ? '' : ` at event ${eventId}`}`,
    `  the history: ${expected}`,
    `  the code:    ${got}`,
    `  the SDK:     ${detail}`,
  ].join('\n');
}

function summaryOf(replayed: readonly Replayed[]): string[][] {
  const types = [...new Set(replayed.map(({ found }) => found.type))].sort();
  return types.map((type) => {
    const ofType = replayed.filter(({ found }) => found.type === type);
    const good = ofType.filter(({ verdict }) => verdict.kind === 'replays').length;
    const open = ofType.filter(({ found }) => found.open === true).length;
    return [type, ofType.length, open, good, ofType.length - good].map(String);
  });
}
