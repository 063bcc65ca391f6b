import type { Part } from './html';
import { html } from './html';

/** A page of Markdown: headings with their anchors, commands, and text whose lines stay. */
export function runbooksBody(markdown: string): Part {
  const [, ...sections] = markdown.split(/^## /m);
  return sections.map((section) => {
    const [title = '', ...lines] = section.split('\n');
    // Every second piece was between fences.
    const pieces = lines.join('\n').split(/^```\w*$/m);
    return html`<section>
      <h2 id="${anchorOf(title)}">${title}</h2>
      ${pieces.map((piece, at) =>
        at % 2 === 1
          ? html`<pre>${piece.trim()}</pre>`
          : piece.trim() !== '' && html`<p class="text">${withoutLinks(piece.trim())}</p>`,
      )}
    </section>`;
  });
}

/** As GitHub makes it of a heading. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}
