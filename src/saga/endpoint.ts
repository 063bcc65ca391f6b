import { condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import type { EndpointAnswer } from '../contracts/model/endpoint';
import type { DomainEvent } from '../contracts/model/event';
import { ANSWER, SUBMIT } from '../contracts/names/saga';
import type { Inbox } from './inbox';

/** The answer to the client that has opened the process and waits. */
export interface OpenEndpoint {
  /**
   * Answers the client. The first answer counts: an order that was accepted is not refused any more. Call it before the
   * workflow ends. The client gets the answer even if the workflow ends immediately afterwards.
   */
  answer(answer: EndpointAnswer): void;
}

const submit = defineUpdate<EndpointAnswer, [DomainEvent | undefined]>(SUBMIT);
const answered = defineQuery<EndpointAnswer | null>(ANSWER);

/**
 * Gives an inbox a request–reply endpoint. Call it before the workflow's first `await`. The update that opens the
 * workflow brings the same event as the signal; whichever of the two comes second is dropped. A workflow that receives
 * no update has the same history as a workflow without an endpoint.
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
      // A person who sends an update by hand may send anything.
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
