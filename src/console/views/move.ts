import type { MovePlan, RecordedReplay } from '../../operator';
import type { Viewer } from '../server/viewer';
import { deploysPath } from './deploys';
import type { Part } from './html';
import { html } from './html';
import { csrfField } from './layout';
import { facts, note, sagaLink } from './parts';
import { replayInWords } from './version';

/** What a move would do, and the reason that it needs. */
export function moveBody(
  {
    plan,
    replay,
    atMost,
  }: {
    readonly plan: MovePlan;
    readonly replay: RecordedReplay | undefined;
    readonly atMost: number;
  },
  viewer: Viewer,
): Part {
  const { pool, from, to, pinned, first, polled } = plan;
  const back = html`<p><a href="${deploysPath(pool, from)}">Back to ${from}</a></p>`;
  if (pinned === 0)
    return [note('good', `No open workflow is pinned to ${from}: there is nothing to move.`), back];
  return [
    note('plain', 'Nothing is moved yet.'),
    facts([
      ['pool', pool],
      ['from', from],
      ['to', to],
      ['open workflows', pinned],
      [`replay of ${to}`, replayInWords(replay)],
    ]),
    !polled && note('bad', `No worker of ${to} polls: what is moved waits for one.`),
    replay && replay.replay < replay.histories
      ? note('bad', `Not all histories replayed with ${to}: a workflow that does not replay stands still.`)
      : !replay && note('plain', `Whether ${to} replays their histories is not on record.`),
    html`<h2>The first ${first.length} of ${pinned}</h2>`,
    html`<ul>
      ${first.map(({ workflowId, state }) => html`<li>${sagaLink(workflowId)} ${state}</li>`)}
    </ul>`,
    viewer.canOperate &&
      html`<form
        class="card"
        method="post"
        action="${deploysPath(pool, from)}/move"
        data-confirm="Move ${Math.min(pinned, atMost)} workflows to ${to}?"
      >
        ${csrfField(viewer.csrf)}
        <input type="hidden" name="to" value="${to}" />
        <label>Reason<br /><input name="reason" maxlength="2000" required /></label>
        ${pinned > atMost && html`<p>The first ${atMost} are moved; send it again for the others.</p>`}
        <p><button>Move</button></p>
      </form>`,
    back,
  ];
}
