import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project';
import { commit, testsIn } from './project';
import type { Record } from './record';

const ADDED = [
  ['domain', 'parcels'],
  ['event', 'parcelSent', '--domain', 'parcels'],
  ['step', 'chargeCard', '--pool', 'tickets', '--compensation', 'refundCard'],
];
const WORKFLOW = 'workflows/tickets/ticket.ts';
const HISTORY = 'test/replay/histories/ticket.json';

/** `sagaline add` of a domain, an event and a step, and the step in the workflow: tested, and its history recorded anew. */
export async function addToProject(project: Project, record: Record, show: (output: string) => void) {
  for (const args of ADDED) {
    await record.step(`sagaline add ${args[0] ?? ''} ${args[1] ?? ''}`, async () => {
      const out = await project.sagaline(['add', ...args]);
      return `${out.match(/^ {2}new /gm)?.length ?? 0} new files, ${out.match(/^ {2}changed /gm)?.length ?? 0} changed`;
    });
  }
  await project.run(['git', 'add', '--intent-to-add', '.']);
  const changes = await project.run(['git', 'diff', '--stat']);
  show(changes);
  assert.doesNotMatch(changes, /node_modules|\.sagaline|build\//, 'what belongs into no commit');
  await record.step('npm run check, npm test', async () => {
    await project.run(['npm', 'run', 'check']);
    return testsIn(await project.run(['npm', 'test']));
  });
  await commit(project, 'A domain, an event, a step');

  callStep(project);
  await record.step('npm test, the step called', async () => {
    const out = await project.run(['npm', 'test'], 1);
    assert.match(out, /^FAIL test\/replay\/replay\.test\.ts$/m, out);
    assert.equal(out.match(/^FAIL /gm)?.length, 1, out);
    return `red: ${testsIn(out)}; tickets under way would not replay`;
  });
  await record.step('npm run replay:record, npm test', async () => {
    rmSync(path.join(project.folder, HISTORY));
    assert.match(await project.run(['npm', 'run', 'replay:record']), /recorded: ticket$/m);
    const out = await project.run(['npm', 'test']);
    assert.match(out, /^chargeCard( +✓){2}/m, 'the step has a row in the fault matrix');
    return testsIn(out);
  });
}

/** What `add step` leaves to a person: where in the workflow it runs. */
function callStep({ folder }: Project): void {
  const file = path.join(folder, WORKFLOW);
  const before = readFileSync(file, 'utf8');
  const after = before
    .replace(
      'const { reserveSeat } = use(capabilities.reserveSeat);',
      '$&\n  const { chargeCard } = use(capabilities.chargeCard);',
    )
    .replace('await saga.step(reserveSeat({}));', '$&\n    await saga.step(chargeCard({}));');
  assert.equal(after.match(/chargeCard/g)?.length, 3, before);
  writeFileSync(file, after);
}
