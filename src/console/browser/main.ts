// What pages do in the browser. Without it everything works: it adds ages to times, confirms, and shows what an edit changes.
import { changedLines } from './diff';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

for (const time of document.querySelectorAll('time')) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1_000;
  if (!Number.isFinite(seconds)) continue;
  time.title = new Date(time.dateTime).toLocaleString();
  const age = document.createElement('span');
  age.className = 'age';
  age.textContent = ` ${relative(seconds)}`;
  time.append(age);
}

function relative(seconds: number): string {
  const size = Math.abs(seconds);
  const text =
    size < MINUTE_S
      ? `${Math.round(size)} s`
      : size < HOUR_S
        ? `${Math.round(size / MINUTE_S)} min`
        : size < DAY_S
          ? `${Math.round(size / HOUR_S)} h`
          : `${Math.round(size / DAY_S)} d`;
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-confirm]')) {
  form.addEventListener('submit', (event) => {
    if (!window.confirm(form.dataset['confirm'])) event.preventDefault();
  });
}

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
