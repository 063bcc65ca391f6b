import type { DeadLetters } from '../../../delivery';
import type { StreamReader } from '../../../contracts';
import { DEAD_LETTER_HEADERS, deadLetterSubject, headerText } from '../../../contracts';

/**
 * Publishes a dead letter only if the stream does not have it yet, however old it is. A subscription that is new, or
 * was down for long, reads events whose dead letters are older than the stream's memory of message ids.
 *
 * @param stream the stream of dead letters
 */
export function onceInStream(deadLetters: DeadLetters, stream: StreamReader): DeadLetters {
  return {
    publish: async (deadLetter) => {
      if (!(await isThere(deadLetter, stream))) await deadLetters.publish(deadLetter);
    },
  };
}

type StoredDeadLetter = Parameters<DeadLetters['publish']>[0];

/** Searches the dead letters of the same context and key; they are few if the event's subject can be read. */
async function isThere(
  { delivery, rejection, route }: StoredDeadLetter,
  stream: StreamReader,
): Promise<boolean> {
  const [dlq = '', , ...place] = deadLetterSubject({ rejection, subject: delivery.subject }).split('.');
  const subjects = [dlq, '*', ...place].join('.');
  const wanted = [delivery.stream, String(delivery.sequence), headerText(route ?? '')].join();
  let found = await stream.next(subjects, 1);
  while (found) {
    const { headers } = found;
    const value = (name: keyof typeof DEAD_LETTER_HEADERS) => headers[DEAD_LETTER_HEADERS[name]]?.[0] ?? '';
    if ([value('stream'), value('sequence'), value('route')].join() === wanted) return true;
    found = await stream.next(subjects, found.sequence + 1);
  }
  return false;
}
