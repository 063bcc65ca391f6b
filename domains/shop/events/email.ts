import { z } from 'zod';
import { isOneLine } from 'sagaline';

/** The most octets of an address, of its local part and of a label: RFC 5321 section 4.5.3.1 and RFC 1035 section 2.3.4. */
const MOST_OCTETS = 254;
const MOST_LOCAL_OCTETS = 64;
const MOST_LABEL_OCTETS = 63;

/** RFC 5322's atext. RFC 6531 adds every visible character beyond ASCII, and the two characters that join letters. */
const ATOM = "(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\\p{ASCII}\\p{Z}\\p{C}]|\\u200c|\\u200d)+";
const DOT_ATOM = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, 'u');
const QUOTED = /^"(?:[^"\\]|\\.)*"$/u;
/** Letters and digits of any script, with hyphens inside. */
const LABEL = /^(?!-)(?:[\p{L}\p{M}\p{N}-]|\u200c|\u200d)+(?<!-)$/u;

/**
 * An e-mail address as RFC 5321 and RFC 6531 allow it: a local part in any script, quoted where it has spaces, and a domain
 * of at least two labels, as letters or as punycode, or an IP address in brackets. Only the mail server knows whether the
 * mailbox exists: see the notifications.
 */
export const email = z
  .string()
  .max(MOST_OCTETS, `must be an e-mail address, of ${MOST_OCTETS} octets at most`)
  .refine(isEmail, 'must be an e-mail address, as name@example.com');

export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  return (
    at > 0 &&
    isOneLine(text) &&
    octets(text) <= MOST_OCTETS &&
    isLocalPart(text.slice(0, at)) &&
    isDomain(text.slice(at + 1))
  );
}

function isLocalPart(local: string): boolean {
  return octets(local) <= MOST_LOCAL_OCTETS && (DOT_ATOM.test(local) || QUOTED.test(local));
}

function isDomain(domain: string): boolean {
  const [, literal] = /^\[(.*)\]$/.exec(domain) ?? [];
  if (literal !== undefined) return isIpAddress(literal);
  const labels = domain.split('.');
  // A top-level domain of digits alone would make the domain an IP address.
  const isNamed =
    labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  return isNamed && inAscii(domain).every((label) => label !== '' && label.length <= MOST_LABEL_OCTETS);
}

/** Whether an address literal is valid: RFC 5321 section 4.1.3. */
function isIpAddress(literal: string): boolean {
  const [, ipv6] = /^IPv6:(.*)$/.exec(literal) ?? [];
  return (ipv6 === undefined ? z.ipv4().safeParse(literal) : z.ipv6().safeParse(ipv6)).success;
}

/** The labels as the domain name system has them, in punycode; one empty label when the domain has no such form. */
function inAscii(domain: string): string[] {
  const url = `http://${domain}`;
  return (URL.canParse(url) ? new URL(url).hostname : '').split('.');
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}
