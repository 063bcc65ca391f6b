import type { DeadLetters } from '../../bridge';
import type { StreamReader } from '../../contracts';
import { DEAD_LETTER_HEADERS, deadLetterSubject, headerText } from '../../contracts';

/**
 * Publishes no letter that the stream has already, however old it is: a subscription that is new, or was down for long,
 * reads events whose letters are older than the stream's memory of message ids.
 *
 * @param stream the dead letters
 */
export function onceInStream(deadLetters: DeadLetters, stream: StreamReader): DeadLetters {
  return {
    publish: async (letter) => {
      if (!(await isThere(letter, stream))) await deadLetters.publish(letter);
    },
  };
}

type Letter = Parameters<DeadLetters['publish']>[0];

/** Looks through the letters of the same context and key: few, for an event whose subject can be read. */
async function isThere({ delivery, rejection, route }: Letter, stream: StreamReader): Promise<boolean> {
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
