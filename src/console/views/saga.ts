import { z } from 'zod';
import type { DecisionKind, Entry, Question, SagaQuestion, SagaView } from '../../operator';
import { moneyText } from '../../operator';
import type { AuditRecord } from '../../security/audit';
import type { Viewer } from '../server/viewer';
import { stateDiagram } from './diagram';
import type { Html, Part } from './html';
import { html } from './html';
import { csrfField } from './layout';
import { facts, note, short, table, time } from './parts';

/** Entries of a timeline on a page; of a longer one the end is shown. */
const MOST_ENTRIES = 500;

/**
 * The page of one saga.
 *
 * @param waiting what it asks
 */
export function sagaBody(view: SagaView, waiting: Part): Part {
  const { saga, pending, deadlines, timeline, transitions, incomplete, link } = view;
  const been = new Set(
    timeline.flatMap(({ fields }) => (typeof fields['state'] === 'string' ? [fields['state']] : [])),
  );
  return [
    facts([
      [
        'state',
        html`<span class="chip">${saga.state === '' ? saga.status.toLowerCase() : saga.state}</span>`,
      ],
      ['status', saga.status.toLowerCase()],
      ['workflow', saga.workflow],
      ...(saga.key === '' ? [] : [['key', saga.key] as const]),
      ...(saga.occurrence === undefined ? [] : [['occurrence', saga.occurrence] as const]),
      ['started', time(saga.startedAt)],
      ...(saga.closedAt ? [['closed', time(saga.closedAt)] as const] : []),
      ['Temporal UI', html`<a href="${link}" rel="noreferrer">${saga.workflowId} in the Temporal UI</a>`],
    ]),
    waiting,
    pending.length > 0 && [
      html`<h2>Being tried</h2>`,
      table(
        'Steps that are being tried',
        ['step', 'attempt', 'last failure'],
        pending.map(({ activity, attempt, lastFailure }) => [activity, attempt, short(lastFailure ?? '')]),
      ),
    ],
    deadlines.length > 0 && [
      html`<h2>Next deadlines</h2>`,
      table(
        'Next deadlines',
        ['at', 'what'],
        deadlines.map(({ at, summary }) => [time(at), summary]),
      ),
    ],
    transitions.length > 0 && [html`<h2>State</h2>`, stateDiagram(transitions, { here: saga.state, been })],
    html`<h2>Timeline</h2>`,
    incomplete.map((words) => note('bad', words)),
    timelineList(timeline),
  ];
}

/** What a saga asks, and the forms with which a person answers. */
export function waitingBody({ saga, asked, requests }: SagaQuestion, viewer: Viewer): Part {
  if (asked.kind === 'unknown') return note('bad', asked.why);
  if (asked.kind === 'asks-nothing') return asked.words !== '' && note('plain', asked.words);
  const { question } = asked;
  return [
    html`<h2>Waits for a decision</h2>`,
    note('bad', [question.what, ': ', short(question.message)]),
    html`<p>
      Since
      ${time(question.since)}${question.value && html`. Money at risk: <strong>${moneyText(question.value)}</strong>`}
    </p>`,
    requests === undefined && note('bad', 'requests: the audit cannot be read'),
    requests?.map((request) => requestNote(saga.workflowId, request, viewer)),
    viewer.canOperate
      ? html`<div class="actions">
          ${question.decisions.map((kind) => decisionForm(saga, question, kind, viewer))}
        </div>`
      : note('plain', 'To decide, sign in with a token that has the scope operate.'),
  ];
}

const MEANINGS: Readonly<Record<DecisionKind, string>> = {
  retry: 'Try again, with all retries and a new deadline: the cause is gone.',
  skip: 'Go on without it: its effect may stay as it is.',
  'done-by-hand': 'Go on as if it had succeeded: somebody did it elsewhere.',
};

function decisionForm(
  { workflowId, runId }: SagaQuestion['saga'],
  { what, since, fourEyes }: Question,
  kind: DecisionKind,
  { csrf }: Viewer,
): Html {
  const needsReason = kind !== 'retry';
  return html`<form
    class="card"
    method="post"
    action="/sagas/${encodeURIComponent(workflowId)}/decide"
    data-confirm="${kind}: ${what}?"
  >
    <h3>${kind}</h3>
    <p>${MEANINGS[kind]}</p>
    ${fourEyes && needsReason && html`<p>It needs a second person, who approves your request.</p>`}
    ${csrfField(csrf)}
    <input type="hidden" name="decision" value="${kind}" />
    <input type="hidden" name="runId" value="${runId}" />
    <input type="hidden" name="what" value="${what}" />
    <input type="hidden" name="since" value="${since}" />
    <label>
      Reason${needsReason ? '' : ' (may be empty)'}<br />
      ${
        needsReason
          ? html`<input name="reason" maxlength="2000" required />`
          : html`<input name="reason" maxlength="2000" />`
      }
    </label>
    <p>
      <label
        ><input type="checkbox" name="again" value="yes" /> although it was decided: that did not
        arrive</label
      >
    </p>
    <button>${kind}</button>
  </form>`;
}

const requested = z.object({ decision: z.string(), reason: z.string().optional() });

function requestNote(
  workflowId: string,
  { sequence, actor, recordedAt, details }: AuditRecord,
  viewer: Viewer,
): Part {
  const { decision = '?', reason = '' } = requested.partial().parse(JSON.parse(details));
  const isOwn = actor === viewer.operator.name;
  return html`<div class="card">
    <p>${actor} requests ${decision} (${reason}), at ${time(recordedAt)}: request ${sequence}</p>
    ${isOwn && html`<p>Another person approves it.</p>`}
    ${
      viewer.canApprove &&
      !isOwn &&
      html`<form method="post" action="/sagas/${encodeURIComponent(workflowId)}/approve">
        ${csrfField(viewer.csrf)}<input type="hidden" name="request" value="${sequence}" />
        <button>Approve ${decision}</button>
      </form>`
    }
  </div>`;
}

function timelineList(timeline: readonly Entry[]): Part {
  const shown = timeline.slice(-MOST_ENTRIES);
  return [
    shown.length < timeline.length &&
      note('plain', `The latest ${shown.length} of ${timeline.length} entries.`),
    html`<ol class="timeline">
      ${shown.map(
        ({ at, from, kind, text, fields }) =>
          html`<li class="${kind}">
            ${time(at)}<span class="from">${from}</span>
            ${
              from === 'dead-letters' && typeof fields['sequence'] === 'number'
                ? html`<a href="/dead-letters/${fields['sequence']}">${short(text)}</a>`
                : html`<span>${short(text)}</span>`
            }
          </li>`,
      )}
    </ol>`,
  ];
}
