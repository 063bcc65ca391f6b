import type { Html, Part } from './html';
import { html } from './html';

/** A part of a page that the browser fetches again every few seconds. */
export function live(path: string, body: Part): Html {
  return html`<div data-live="${path}">${body}</div>`;
}

/** A part that takes long: the page is there without it, and the browser fetches it once. */
export function later(path: string, whole: string): Html {
  return html`<div data-live="${path}" data-once>
    <p class="quiet-text" role="status">The processes are being asked.</p>
    <noscript><a href="${whole}">Wait for their answers</a></noscript>
  </div>`;
}
