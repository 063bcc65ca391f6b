import { condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import type { EndpointAnswer } from '../contracts/model/endpoint';
import type { DomainEvent } from '../contracts/model/event';
import { ANSWER, SUBMIT } from '../contracts/names/saga';
import type { Inbox } from './inbox';

/** The answer to whoever has opened the process and waits. */
export interface OpenEndpoint {
  /**
   * The first answer counts: an order that was accepted is not refused any more. To be called before the workflow ends; whoever
   * waits gets it also where it ends at once.
   */
  answer(answer: EndpointAnswer): void;
}

const submit = defineUpdate<EndpointAnswer, [DomainEvent | undefined]>(SUBMIT);
const answered = defineQuery<EndpointAnswer | null>(ANSWER);

/**
 * Gives an inbox an endpoint: to be called before the workflow's first `await`. An update that opens the workflow brings the event
 * that a signal would bring; whichever of the two comes second is dropped. A workflow that no update reaches has the history
 * that it would have without an endpoint.
 *
 * @example
 * const answered = openEndpoint(inbox);
 * answered.answer({ accepted: true });
 */
export function openEndpoint<Event extends DomainEvent>(inbox: Inbox<Event>): Inbox<Event> & OpenEndpoint {
  let given: EndpointAnswer | undefined;

  setHandler(answered, () => given ?? null);
  setHandler(
    submit,
    async (event) => {
      inbox.receive(event as Event);
      await condition(() => given !== undefined);
      return given as unknown as EndpointAnswer;
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
