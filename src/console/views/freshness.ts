import type { Part as Checked } from '../../observability';
import type { Part } from './html';
import { html } from './html';
import { time } from './parts';

/**
 * What is known of a part of the system. If its server does not answer, what it said last is marked with its age and
 * the error; nothing old looks like the present.
 *
 * @param what such as `streams`
 */
export function freshly<Data>(what: string, part: Checked<Data>, show: (data: Data) => Part): Part {
  if (part.kind === 'known') return show(part.data);
  const { error, last } = part;
  return html`<div class="stale">
    <p class="note bad">
      ${what} cannot be seen: ${error}.
      ${last ? html`What follows is as of ${time(last.at)}` : 'Nothing is known of them yet.'}
    </p>
    ${last && show(last.data)}
  </div>`;
}

/** The present data, or those of the latest answer; for places that mark what is stale elsewhere. */
export function latestOf<Data>(part: Checked<Data>): Data | undefined {
  return part.kind === 'known' ? part.data : part.last?.data;
}
