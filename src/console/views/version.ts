import type { RecordedReplay, VersionFile } from '../../operator';
import type { Viewer } from '../server/viewer';
import { deploysPath } from './deploys';
import type { Html, Part } from './html';
import { html } from './html';
import { facts, note, sagaLink, table, time } from './parts';

/** One version of a pool: what is open on it, whether it replays, and where its workflows can go. */
export function versionBody(file: VersionFile, viewer: Viewer): Part {
  const { version, first, longest, moves, others } = file;
  const { pinned, polled } = version;
  return [
    pinned > 0 &&
      !polled &&
      note('bad', 'No worker of this version polls: its open workflows wait for one, or for a move.'),
    facts([
      ['state', version.status],
      ['workers', polled ? 'poll' : 'none polls'],
      ['first seen', time(version.createdAt)],
      ['open and pinned to it', pinned],
      ['replay', replayInWords(file.replay)],
    ]),
    longest && longestPart(longest),
    first.length > 0 && [
      html`<h2>The youngest ${first.length} of ${pinned}</h2>`,
      table(
        'Open workflows of this version',
        ['workflow', 'state', 'started'],
        first.map((saga) => [sagaLink(saga.workflowId), saga.state, time(saga.startedAt)]),
      ),
    ],
    pinned > 0 && [html`<h2>Move</h2>`, viewer.canOperate ? moveForm(file) : READERS],
    pinned > 0 && others.length === 0 && note('plain', 'There is no other version to move them to.'),
    moves.length > 0 && [
      html`<h2>Moves on record</h2>`,
      table(
        'Moves on record',
        ['at', 'operator', 'from', 'to', 'moved', 'reason'],
        moves.map(({ at, by, from, to, moved, reason }) => [
          ...[time(at), by, from, to, moved ?? 'unknown', reason],
        ]),
      ),
    ],
  ];
}

const READERS = note('plain', 'To move them, sign in with a token that has the scope operate.');

function longestPart({ saga, deadlines }: NonNullable<VersionFile['longest']>): Part {
  return [
    html`<h2>The longest</h2>`,
    html`<p>${sagaLink(saga.workflowId)} began ${time(saga.startedAt)}; its state is ${saga.state}.</p>`,
    deadlines.length === 0
      ? note('plain', 'It waits for no time: nothing here says when it ends.')
      : table(
          'Its deadlines',
          ['deadline', 'of'],
          deadlines.map(({ at, summary }) => [time(at), summary]),
        ),
  ];
}

function moveForm({ pool, version, others, current }: VersionFile): Html | false {
  return (
    others.length > 0 &&
    html`<form class="filter" method="get" action="${deploysPath(pool, version.buildId)}/move">
      <label>
        To the version<br />
        <select name="to">
          ${others.map(({ buildId }) =>
            buildId === current
              ? html`<option value="${buildId}" selected>${buildId} (current)</option>`
              : html`<option value="${buildId}">${buildId}</option>`,
          )}
        </select>
      </label>
      <button>See what would be moved</button>
    </form>`
  );
}

/** What is on record, and how to have something on record. */
export function replayInWords(replay: RecordedReplay | undefined): Part {
  if (!replay)
    return html`nothing on record: <code>npx sagaline replay --from-server --record</code> with the code of
      this version`;
  const { histories, replay: good, workflows, by, at } = replay;
  return html`${good} of ${histories} histories replay (${workflows.join(', ')}), ${by}, ${time(at)}`;
}
