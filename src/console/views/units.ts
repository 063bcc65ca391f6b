/** Numbers as people read them. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const KIB = 1024;
/** Below this a digit after the point says something. */
const SMALL = 10;

/** `75 s`, `3 min`, `2 h`, `4 d`. */
export function duration(seconds: number): string {
  if (seconds < 2 * MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < 2 * HOUR) return `${Math.round(seconds / MINUTE)} min`;
  return seconds < 2 * DAY ? `${Math.round(seconds / HOUR)} h` : `${Math.round(seconds / DAY)} d`;
}

export function bytes(size: number): string {
  const step = size < KIB ? 0 : Math.min(Math.floor(Math.log(size) / Math.log(KIB)), UNITS.length - 1);
  return `${short(size / KIB ** step)} ${UNITS[step] ?? ''}`;
}

/** `3.4/s`; nothing while it is unknown. */
export function rate(perSecond: number | undefined): string {
  return perSecond === undefined ? '' : `${short(perSecond)}/s`;
}

export function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

function short(value: number): string {
  return value < SMALL ? String(Math.round(10 * value) / 10) : String(Math.round(value));
}
