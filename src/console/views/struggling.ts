import type { StruggleGroup, StrugglesState, SystemSnapshot } from '../../observability';
import type { StuckGroup } from '../../operator';
import { moneyText } from '../../operator';
import type { Viewer } from '../server/viewer';
import { groupForm } from './bulk/forms';
import { freshly } from './freshness';
import type { Html, Part } from './html';
import { html } from './html';
import { facts, note, sagaLink, table, time } from './parts';
import { percent } from './units';

/** Steps that fail and are tried again, by cause: what the page shows and refreshes by itself. */
export function strugglingBody({ struggles }: SystemSnapshot): Part {
  return freshly('Failing steps', struggles, (data) => [
    data.groups.length === 0
      ? note('good', 'No step fails.')
      : data.groups.map((group) => groupCard(group, struggles.at)),
    lookedAt(data),
  ]);
}

/** A look at all workflows takes a while where many are open. */
function lookedAt({ lookedAt: looked, open, completedAt }: StrugglesState): Part {
  if (open === 0) return '';
  const all = looked >= open ? 'All' : `${percent(looked / open)} of the`;
  return html`<p class="quiet-text">
    ${all} ${open} open workflows were looked
    at${completedAt !== undefined && html`, all of them last at ${time(completedAt)}`}.
  </p>`;
}

function groupCard(group: StruggleGroup, seenAt: string): Html {
  const { workflow, step, cause, count, mostAttempts, since, nextAttemptAt, states, samples } = group;
  return html`<section class="card">
    <h3>${count} × ${workflow}: ${step}</h3>
    <p class="cause">${cause === '' ? 'without a message' : cause}</p>
    ${facts([
      ['first seen', time(since)],
      ['last seen', time(seenAt)],
      ['most attempts', mostAttempts],
      ['next attempt', nextAttemptAt === undefined ? 'under way' : time(nextAttemptAt)],
      [
        'states',
        Object.entries(states)
          .map(([state, number]) => `${number} ${state}`)
          .join(', '),
      ],
    ])}
    ${table(
      `Processes in which ${step} fails`,
      ['process', 'state', 'attempts', 'fails since', 'next attempt', 'tried until'],
      samples.map(({ workflowId, state, attempts, since: from, nextAttemptAt: next, triedUntil }) => [
        ...[sagaLink(workflowId), state, attempts, time(from)],
        next === undefined ? 'under way' : time(next),
        triedUntil === undefined ? 'it succeeds' : time(triedUntil),
      ]),
    )}
    ${count > samples.length && html`<p class="quiet-text">The first ${samples.length} of ${count}.</p>`}
  </section>`;
}

/** Processes that ask a person, by what they ask and why. */
export function stuckBody(
  { groups, more }: { readonly groups: readonly StuckGroup[]; readonly more: boolean },
  viewer: Viewer,
): Part {
  if (groups.length === 0) return note('good', 'Nobody has to decide anything.');
  return [
    groups.map((group) => {
      const { workflow, what, cause, stuck, since, latest, value } = group;
      return html`<section class="card">
        <h3>${stuck.length} × ${workflow}: ${what}</h3>
        <p class="cause">${cause}</p>
        ${facts([
          ['first asked', since === undefined ? 'unknown' : time(since)],
          ['last asked', latest === undefined ? 'unknown' : time(latest)],
          ...(value.length === 0 ? [] : [['money at risk', value.map(moneyText).join(' + ')] as const]),
        ])}
        <p>${stuck.slice(0, MOST_LINKS).map(({ saga }) => html`${sagaLink(saga.workflowId)} `)}</p>
        ${stuck.length > MOST_LINKS && html`<p class="quiet-text">and ${stuck.length - MOST_LINKS} more</p>`}
        ${groupForm(group, viewer)}
      </section>`;
    }),
    more && note('plain', 'There are more: these are the first that Temporal lists.'),
  ];
}
const MOST_LINKS = 10;
