import type { DomainEvent } from '../../contracts';
import { identityOf } from '../../contracts';
import type { DeadLetterEvents, DeadLetterStore } from '../../effects';
import type { Player } from './script';

/** The steps that a script can make fail. */
export type DeadLetterStep = keyof DeadLetterStore;

/** One event that a workflow has dead-lettered, with the reason. */
export interface DeadLetteredEvent extends Omit<DeadLetterEvents, 'events'> {
  readonly event: DomainEvent;
}

/** The dead letters of workflows, in memory. */
export interface FakeDeadLetters extends DeadLetterStore {
  readonly deadLettered: readonly DeadLetteredEvent[];
}

/**
 * Creates dead letters in memory. As the outbox does, they keep each event once for its identity, workflow and redrive.
 *
 * @example
 * const deadLetters = createFakeDeadLetters(createScript<DeadLetterStep>());
 * const activities = deadLetterStoreActivities(deadLetters);
 */
export function createFakeDeadLetters(player: Player<DeadLetterStep>): FakeDeadLetters {
  const deadLettered: DeadLetteredEvent[] = [];

  function deadLetterOnce(deadLetter: DeadLetteredEvent): void {
    const isKnown = deadLettered.some(
      ({ event, workflowId }) =>
        workflowId === deadLetter.workflowId &&
        identityOf(event) === identityOf(deadLetter.event) &&
        event.redrive === deadLetter.event.redrive &&
        event.contentHash === deadLetter.event.contentHash,
    );
    if (isKnown) return;
    deadLettered.push(deadLetter);
    player.tookEffect('deadLetterEvents', identityOf(deadLetter.event));
  }

  const deadLetterStore: DeadLetterStore = {
    deadLetterEvents: (input) =>
      player.play('deadLetterEvents', input, () => {
        const { events, ...why } = input;
        for (const event of events) deadLetterOnce({ event, ...why });
      }),
  };
  return { ...deadLetterStore, deadLettered };
}
