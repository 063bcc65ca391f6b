import { headerText } from './dead-letter';

/** Headers of a redriven event. */
export const REDRIVE_HEADERS = {
  /** The only route that the event is meant for; without it the event takes all of its routes. */
  route: 'Sagaline-Route',
  /**
   * `<sequence of the dead letter>:<number of the operation>`. It distinguishes a second dead letter of the event
   * from the first.
   */
  redrive: 'Sagaline-Redrive',
} as const;

type Headers = Readonly<Record<string, readonly string[]>>;

const REDRIVE = /^\d{1,19}:\d{1,9}$/;

export function redriveHeaders({
  route,
  redrive,
}: {
  route?: string | undefined;
  redrive: string;
}): Record<string, string> {
  return {
    ...(route !== undefined && { [REDRIVE_HEADERS.route]: headerText(route) }),
    [REDRIVE_HEADERS.redrive]: redrive,
  };
}

/** The route that a redriven event asks for. */
export function routeAskedIn(headers: Headers): string | undefined {
  const text = firstOf(headers, REDRIVE_HEADERS.route);
  return text === undefined ? undefined : fromHeaderText(text);
}

/** The redrive that published an event; `undefined` without one, or if the header is malformed. */
export function redriveIn(headers: Headers): string | undefined {
  const text = firstOf(headers, REDRIVE_HEADERS.redrive);
  return text !== undefined && REDRIVE.test(text) ? text : undefined;
}

/** The first value of a header. Clients write header names in different case. */
function firstOf(headers: Headers, wanted: string): string | undefined {
  const name = wanted.toLowerCase();
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1][0];
}

/** Decodes a text of {@link headerText}; a text that cannot be decoded is returned unchanged. */
export function fromHeaderText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
