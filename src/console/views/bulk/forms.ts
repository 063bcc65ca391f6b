import type { DecisionKind, StuckGroup } from '../../../operator';
import type { Viewer } from '../../server/viewer';
import type { Part } from '../html';
import { html } from '../html';
import { csrfField } from '../layout';

/** Leads to the dry run of one decision about a whole group. */
export function groupForm({ workflow, what, cause, stuck }: StuckGroup, viewer: Viewer): Part {
  if (!viewer.canOperate || stuck.length < 2) return '';
  const [asked] = stuck.flatMap((each) => (each.asked.kind === 'asks' ? [each.asked.question] : []));
  return html`<form class="inline" method="post" action="/bulk/decide">
    ${csrfField(viewer.csrf)}
    <input type="hidden" name="workflow" value="${workflow}" />
    <input type="hidden" name="what" value="${what}" />
    <input type="hidden" name="cause" value="${cause}" />
    ${(asked?.decisions ?? []).map(
      (decision: DecisionKind) =>
        html`<button class="quiet" name="decision" value="${decision}">${decision} all…</button> `,
    )}
  </form>`;
}

/** Leads to the dry run of an action on all open dead letters of a filter. */
export function deadLettersForm(filter: Readonly<Record<string, string | undefined>>, viewer: Viewer): Part {
  if (!viewer.canOperate) return '';
  return html`<form class="inline" method="post" action="/bulk/dead-letters">
    ${csrfField(viewer.csrf)}
    ${Object.entries(filter).map(
      ([name, value]) => value !== undefined && html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <button class="quiet" name="kind" value="redrive">Redrive all of this filter…</button>
    <button class="quiet" name="kind" value="discard">Discard all of this filter…</button>
  </form>`;
}
