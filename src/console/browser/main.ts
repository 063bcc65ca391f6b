// What pages do in the browser. Without it everything works: it adds ages to times, refreshes, confirms, and shows what an edit changes.
import { addAges } from './ages';
import { keepCharts } from './charts';
import { changedLines } from './diff';
import { keepLive } from './live';

addAges(document);
for (const region of document.querySelectorAll<HTMLElement>('[data-live]')) keepLive(region);
for (const region of document.querySelectorAll<HTMLElement>('[data-throughput]')) keepCharts(region);

// Also of forms that come later than the page.
document.addEventListener('submit', (event) => {
  const question = event.target instanceof HTMLFormElement ? event.target.dataset['confirm'] : undefined;
  if (question !== undefined && !window.confirm(question)) event.preventDefault();
});

const editor = document.querySelector<HTMLTextAreaElement>('textarea[data-original]');
const output = document.querySelector<HTMLElement>('[data-diff]');
if (editor && output) {
  const show = () => {
    const lines = changedLines(editor.dataset['original'] ?? '', editor.value);
    output.replaceChildren(
      ...lines.map(({ kind, text }) => {
        const line = document.createElement('span');
        line.className = kind;
        line.textContent = `${kind === 'added' ? '+' : '−'} ${text}\n`;
        return line;
      }),
    );
    if (lines.length === 0) output.textContent = 'no change';
  };
  editor.addEventListener('input', show);
  show();
}
