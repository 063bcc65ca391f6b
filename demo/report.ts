import type { Books } from './books';
import type { CaseResult, DemoCase } from './case';
import type { Say } from './command-line';
import { say } from './command-line';
import type { Kill } from './killer';
import { seconds } from './killer';
import { table } from '../src/cli/table';

export type Result = DemoCase & CaseResult;

/** Prints the results at the end of the demo. */
export function report(results: readonly Result[], books: Books, { kept }: { kept: boolean }): void {
  say('');
  say(
    table(
      ['case', 'ended as', 'compensated, in this order', 'ok'],
      results.map(({ name, actual, compensations, problems }) => [
        name,
        actual,
        compensations.join(', ') || '-',
        problems.length === 0 ? 'ok' : 'NOT OK',
      ]),
    ),
  );
  say('');
  say('The books');
  for (const line of books.lines) say(`  ${line}`);
  say('');
  if (kept) tellLinks(results, say);
  else say('npm run demo -- --keep leaves the stack up, with a link to each case in the Temporal UI');
  say('');
  for (const { name, problems } of results) for (const problem of problems) say(`${name}: ${problem}`);
  for (const problem of books.problems) say(`books: ${problem}`);
  const good = results.filter(({ problems }) => problems.length === 0).length;
  say(`${good} of ${results.length} cases ended as they should`);
}

function tellLinks(results: readonly Result[], tell: Say): void {
  tell('In the Temporal UI');
  for (const { name, link } of results) tell(`  ${name.padEnd(22)} ${link}`);
}

/** Prints which roles were killed, with how many orders open, and how soon they were up again. */
export function reportKills(kills: readonly Kill[]): void {
  const roles = [...new Set(kills.map(({ role }) => role))].sort();
  say('');
  say(
    table(
      ['killed with SIGKILL', 'times', 'orders open then', 'ready again after'],
      roles.map((role) => {
        const own = kills.filter((kill) => kill.role === role);
        return [
          role,
          String(own.length),
          own.map(({ ordersOpen }) => ordersOpen).join(', '),
          own.map(({ backAfterMs }) => seconds(backAfterMs)).join(', '),
        ];
      }),
    ),
  );
}

export function forPrograms(results: readonly Result[], books: Books, kills: readonly Kill[]) {
  return {
    cases: results.map(({ name, workflowId, expected, actual, problems, compensations, effects }) => ({
      name,
      workflowId,
      expected,
      actual,
      ok: problems.length === 0,
      compensations,
      effects,
    })),
    books: { lines: books.lines, ok: books.problems.length === 0 },
    kills,
  };
}
