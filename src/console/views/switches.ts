import type { Switch, SwitchKind, SwitchList } from '../../operator';
import type { Viewer } from '../server/viewer';
import type { Html, Part } from './html';
import { html } from './html';
import { csrfField } from './layout';
import { note, table, time } from './parts';

const KINDS: readonly { readonly kind: SwitchKind; readonly title: string; readonly what: string }[] = [
  {
    ...{ kind: 'route', title: 'Routes' },
    what: 'The bridge holds the events for this process, in order. Each holds its partition: the events behind it wait, too, whatever their route.',
  },
  {
    ...{ kind: 'pool', title: 'Pools' },
    what: 'Temporal keeps the steps of this pool in its task queue. Its workflow tasks and local steps go on, and so do the deadlines of its steps.',
  },
  {
    ...{ kind: 'provider', title: 'Providers' },
    what: 'Workers make no calls to this provider. Steps that need it are tried again until their deadlines, as in an outage.',
  },
];

/** A table for each kind, and the forms of an operator. */
export function switchesBody({ switches, unknown }: SwitchList, viewer: Viewer): Part {
  return KINDS.map(({ kind, title, what }) => {
    const error = unknown.find((each) => each.kind === kind)?.error;
    const own = switches.filter((each) => each.kind === kind);
    return [
      html`<h2>${title}</h2>`,
      html`<p class="quiet-text">${what}</p>`,
      error !== undefined && note('bad', `It is not known what is paused: ${error}`),
      own.length > 0 &&
        table(
          title,
          [kind, 'state', 'until', 'by', 'reason', ...(viewer.canOperate ? ['action'] : [])],
          own.map((each) => [
            each.name,
            html`<span class="chip">${each.pause ? 'paused' : 'on'}</span>`,
            ...[time(each.pause?.until), each.pause?.by, each.pause?.why],
            ...(viewer.canOperate ? [each.pause ? resumeForm(each, viewer) : ''] : []),
          ]),
        ),
      viewer.canOperate && own.length > 0 && pauseForm(kind, own, viewer),
    ];
  });
}

function resumeForm({ kind, name, pause }: Switch, { csrf }: Viewer): Html {
  return html`<form class="inline" method="post" action="/switches/resume">
    ${csrfField(csrf)}
    <input type="hidden" name="kind" value="${kind}" />
    <input type="hidden" name="name" value="${name}" />
    <input type="hidden" name="since" value="${pause?.since}" />
    <button aria-label="Resume the ${kind} ${name}">Resume</button>
  </form>`;
}

function pauseForm(kind: SwitchKind, own: readonly Switch[], { csrf }: Viewer): Html {
  return html`<form
    class="card"
    method="post"
    action="/switches/pause"
    data-confirm="Pause it? What waits, and for how long, is written above."
  >
    <h3>Pause a ${kind}</h3>
    ${csrfField(csrf)}
    <input type="hidden" name="kind" value="${kind}" />
    <label>
      Which ${kind}<br />
      <select name="name" required>
        ${own.map(({ name }) => html`<option value="${name}">${name}</option>`)}
      </select>
    </label>
    <label>Reason<br /><input name="why" maxlength="2000" required /></label>
    <label>
      Minutes<br /><input name="minutes" type="number" min="1" max="1440" value="30" required />
    </label>
    <button class="danger">Pause</button>
  </form>`;
}
