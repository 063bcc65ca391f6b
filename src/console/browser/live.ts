import { addAges } from './ages';

const EVERY_MS = 5_000;
/** An answer that takes longer is as good as none. */
const WITHIN_MS = 10_000;
/** What is fetched once asks many workers. */
const ONCE_WITHIN_MS = 60_000;

/**
 * Fetches a part of the page again and again, as long as somebody can see it; with `data-once` at once, and until there
 * is an answer. Without an answer the old one stays, marked with its time and the error.
 */
export function keepLive(region: HTMLElement): void {
  const { live: path = '', once } = region.dataset;
  const withinMs = once === undefined ? WITHIN_MS : ONCE_WITHIN_MS;
  let isDone = false;
  const mark = document.createElement('p');
  mark.className = 'note bad';
  mark.setAttribute('role', 'alert');
  let answeredAt = new Date();

  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(path, { redirect: 'manual', signal: AbortSignal.timeout(withinMs) });
      if (answer.type === 'opaqueredirect') throw new Error('the session has ended: load the page again');
      if (!answer.ok) throw new Error(`the console answers ${answer.status}`);
      replace(region, await answer.text());
      answeredAt = new Date();
      isDone = once !== undefined;
      mark.remove();
      region.classList.remove('stale');
    } catch (error) {
      const age = Math.round((Date.now() - answeredAt.getTime()) / 1_000);
      const why = error instanceof Error ? error.message : String(error);
      mark.textContent = `As of ${answeredAt.toLocaleTimeString()}, ${age} s ago: ${why}`;
      region.classList.add('stale');
      if (!mark.isConnected) region.before(mark);
    }
  };
  const again = () => void refresh().finally(() => isDone || setTimeout(again, EVERY_MS));
  if (once === undefined) setTimeout(again, EVERY_MS);
  else again();
}

/** Replaces what is shown; the keyboard's focus and what was scrolled stay. */
function replace(region: HTMLElement, text: string): void {
  const next = new DOMParser().parseFromString(text, 'text/html').body;
  addAges(next);
  const focused = region.contains(document.activeElement) ? keyOf(document.activeElement) : undefined;
  const scrolled = [...region.querySelectorAll('.scroll')].map(
    (box) => [keyOf(box), box.scrollLeft, box.scrollTop] as const,
  );
  region.replaceChildren(...next.childNodes);
  for (const [key, left, top] of scrolled) {
    const box = find(region, '.scroll', key);
    box?.scrollTo(left, top);
  }
  if (focused !== undefined) find(region, 'a, button, [tabindex]', focused)?.focus({ preventScroll: true });
}

function find(region: HTMLElement, selector: string, key: string): HTMLElement | undefined {
  return [...region.querySelectorAll<HTMLElement>(selector)].find((each) => keyOf(each) === key);
}

/** What is the same element in the next answer. */
function keyOf(element: Element | null): string {
  const text = element?.matches('a, button') === true ? element.textContent : undefined;
  return [element?.getAttribute('aria-label'), element?.getAttribute('href'), text, element?.tagName].join(
    '\n',
  );
}
