import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, warning, problem } = findingsOf('keys');

const DAY_MS = 24 * 60 * 60_000;
/** Time to make a new one, to roll it out, and for a holiday between. */
const SOON_DAYS = 14;

/** A key, token or certificate of the configuration. */
export interface Credential {
  /** The setting, and what it names there. */
  readonly where: string;
  /** Such as `certificate`, `API key of web-shop`. */
  readonly what: string;
  /** `undefined` if it never expires. */
  readonly expires: Date | undefined;
  /** Whether another one does the same for longer. */
  readonly replaced?: boolean;
  /** Why it cannot be used at all. */
  readonly unusable?: string;
  readonly remedy: string;
}

export function checkExpiry(credentials: readonly Credential[], now: Date): Finding[] {
  const findings = credentials.flatMap((credential) => findingOf(credential, now));
  const silent = credentials.length - findings.length;
  return silent > 0
    ? [ok('keys and certificates', `${silent} are not near their end`), ...findings]
    : findings;
}

function findingOf(credential: Credential, now: Date): Finding[] {
  const { where, what, expires, replaced = false, unusable, remedy } = credential;
  if (unusable !== undefined)
    return [problem({ code: 'key-unusable', where, what: `the ${what} ${unusable}`, remedy })];
  if (expires === undefined || replaced) return [];
  const days = (expires.getTime() - now.getTime()) / DAY_MS;
  if (days > SOON_DAYS) return [];
  const at = expires.toISOString();
  if (days <= 0)
    return [problem({ code: 'key-expired', where, what: `the ${what} has expired (${at})`, remedy })];
  return [
    warning({
      ...{ code: 'key-expires-soon', where, remedy },
      what: `the ${what} expires in ${days < 1 ? 'less than a day' : `${Math.floor(days)} days`} (${at})`,
    }),
  ];
}
