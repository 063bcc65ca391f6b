import type { DomainEvent } from '../../../src/contracts';
import { identityOf } from '../../../src/contracts';
import type { BuryEvents, Graveyard } from '../../../src/effects';
import type { Player } from './script';

export type DeadLetterStep = keyof Graveyard;

export interface BuriedEvent extends Omit<BuryEvents, 'events'> {
  readonly event: DomainEvent;
}

export interface FakeDeadLetters extends Graveyard {
  readonly buried: readonly BuriedEvent[];
}

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
