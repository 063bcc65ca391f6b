import { condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import type { DoorAnswer } from '../contracts/door';
import type { DomainEvent } from '../contracts/event';
import { ANSWER, SUBMIT } from '../contracts/saga';
import type { Inbox } from './inbox';

/** The answer to whoever has opened the process and waits. */
export interface OpenDoor {
  /**
   * The first answer counts: an order that was accepted is not refused any more. To be called before the workflow ends; whoever
   * waits gets it also where it ends at once.
   */
  answer(answer: DoorAnswer): void;
}

const submit = defineUpdate<DoorAnswer, [DomainEvent | undefined]>(SUBMIT);
const answered = defineQuery<DoorAnswer | null>(ANSWER);

/**
 * Gives an inbox a door: to be called before the workflow's first `await`. An update that opens the workflow brings the event
 * that a signal would bring; whichever of the two comes second is dropped. A workflow that no update reaches has the history
 * that it would have without a door.
 *
 * @example
 * const answered = openDoor(inbox);
 * answered.answer({ accepted: true });
 */
export function openDoor<Event extends DomainEvent>(inbox: Inbox<Event>): Inbox<Event> & OpenDoor {
  let given: DoorAnswer | undefined;

  setHandler(answered, () => given ?? null);
  setHandler(
    submit,
    async (event) => {
      inbox.receive(event as Event);
      await condition(() => given !== undefined);
      return given as unknown as DoorAnswer;
    },
    {
      // Whoever sends one by hand may send anything.
      validator: (event) => {
        const why = inbox.unacceptable(event);
        if (why !== undefined) throw new TypeError(`this is no event of this workflow: ${why}`);
      },
    },
  );

  return {
    ...inbox,
    answer: (answer) => void (given ??= answer),
  };
}
