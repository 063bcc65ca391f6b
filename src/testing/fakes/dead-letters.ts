import type { DomainEvent } from '../../contracts';
import { identityOf } from '../../contracts';
import type { BuryEvents, Graveyard } from '../../effects';
import type { Player } from './script';

/** The steps that a script can let fail. */
export type DeadLetterStep = keyof Graveyard;

/** One event that a workflow has buried, with the reason. */
export interface BuriedEvent extends Omit<BuryEvents, 'events'> {
  readonly event: DomainEvent;
}

/** The dead letters of workflows, in memory. */
export interface FakeDeadLetters extends Graveyard {
  readonly buried: readonly BuriedEvent[];
}

/**
 * Each event once for its identity, workflow and redrive, as the outbox has it.
 *
 * @example
 * const deadLetters = createFakeDeadLetters(createScript<DeadLetterStep>());
 * const activities = graveyardActivities(deadLetters);
 */
export function createFakeDeadLetters(player: Player<DeadLetterStep>): FakeDeadLetters {
  const buried: BuriedEvent[] = [];

  function buryOnce(letter: BuriedEvent): void {
    const isKnown = buried.some(
      ({ event, workflowId }) =>
        workflowId === letter.workflowId &&
        identityOf(event) === identityOf(letter.event) &&
        event.redrive === letter.event.redrive &&
        event.contentHash === letter.event.contentHash,
    );
    if (isKnown) return;
    buried.push(letter);
    player.tookEffect('buryEvents', identityOf(letter.event));
  }

  const graveyard: Graveyard = {
    buryEvents: (input) =>
      player.play('buryEvents', input, () => {
        const { events, ...why } = input;
        for (const event of events) buryOnce({ event, ...why });
      }),
  };
  return { ...graveyard, buried };
}
