import { isWorkflowId } from '../../operator';
import { html } from './html';
import type { Html, Part } from './html';

/** A table that scrolls by itself on a narrow screen; the region has a name and takes the keyboard's focus. */
export function table(name: string, head: readonly string[], rows: readonly (readonly Part[])[]): Html {
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Names and values. */
export function facts(entries: readonly (readonly [name: string, value: Part])[]): Html {
  return html`<dl>
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** A time in UTC; the browser adds how long ago it was. */
export function time(at: string | Date | undefined): Part {
  if (at === undefined) return '';
  const text = typeof at === 'string' ? at : at.toISOString();
  const shown = text.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  return html`<time datetime="${text}">${shown}</time>`;
}

/** A path of this console with its query; what is `undefined` is left out. */
export function link(
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as const],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(Object.fromEntries(given)).toString()}`;
}

/** Characters of a text from elsewhere, such as a failure, which may have a megabyte. */
const MOST_TEXT = 600;

/** A text of which a page needs the beginning; says how long it is. */
export function short(text: string, most = MOST_TEXT): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}

/** A workflow of somebody else may have an id that no page of ours has. */
export function sagaLink(workflowId: string): Part {
  return !isWorkflowId(workflowId)
    ? workflowId
    : html`<a href="/sagas/${encodeURIComponent(workflowId)}">${workflowId}</a>`;
}

/** A line that tells of a state, a refusal or an outage. */
export function note(kind: 'good' | 'bad' | 'plain', text: Part): Html {
  return html`<p class="note ${kind}" role="${kind === 'bad' ? 'alert' : 'status'}">${text}</p>`;
}
