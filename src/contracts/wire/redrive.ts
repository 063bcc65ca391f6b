import { headerText } from './dead-letter';

/** Headers of an event that was a dead letter and goes out once more. */
export const REDRIVE_HEADERS = {
  /** The one route that it is meant for; without it the event takes all of its routes. */
  route: 'Sagaline-Route',
  /** `<sequence of the dead letter>:<number of the operation>`; a dead-lettering that follows is told from the first by it. */
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

/** Which redrive an event comes from; a stranger's nonsense counts as none. */
export function redriveIn(headers: Headers): string | undefined {
  const text = firstOf(headers, REDRIVE_HEADERS.redrive);
  return text !== undefined && REDRIVE.test(text) ? text : undefined;
}

/** Header names differ in case from client to client. */
function firstOf(headers: Headers, wanted: string): string | undefined {
  const name = wanted.toLowerCase();
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1][0];
}

/** What {@link headerText} has encoded; a text that nobody has encoded is taken as it is. */
export function fromHeaderText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
