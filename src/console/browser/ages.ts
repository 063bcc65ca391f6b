const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** Adds to each time how long ago it was, and the reader's own time as its title. */
export function addAges(root: ParentNode): void {
  for (const time of root.querySelectorAll('time')) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1_000;
    if (!Number.isFinite(seconds)) continue;
    time.title = new Date(time.dateTime).toLocaleString();
    const age = document.createElement('span');
    age.className = 'age';
    age.textContent = ` ${relative(seconds)}`;
    time.append(age);
  }
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
