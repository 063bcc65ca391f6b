import { oneLine } from '../../contracts';
import { EXIT } from '../exit';

/** What became of an event on one of its routes. */
export type Outcome =
  | {
      readonly kind: 'ended';
      readonly workflowId: string;
      readonly state: string;
      /** Whether this end counts as success. */
      readonly good: boolean;
      readonly link: string;
    }
  | { readonly kind: 'failed'; readonly workflowId: string; readonly status: string; readonly link: string }
  | {
      readonly kind: 'dead-letter';
      readonly sequence: number;
      readonly reason: string;
      readonly detail: string;
    }
  | { readonly kind: 'open'; readonly workflowId: string; readonly link: string }
  /** No bridge has settled the event. */
  | { readonly kind: 'waiting' };

/** Exit code of the worst outcome. */
export function exitCodeOf(outcomes: readonly Outcome[]): number {
  const codes = outcomes.map((outcome) => {
    switch (outcome.kind) {
      case 'ended':
        return outcome.good ? EXIT.ok : EXIT.endedOtherwise;
      case 'failed':
        return EXIT.workflowFailed;
      case 'dead-letter':
        return EXIT.deadLetter;
      case 'open':
      case 'waiting':
        return EXIT.stillOpen;
    }
  });
  return Math.max(EXIT.ok, ...codes);
}

export function wordsOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ended':
      return `${outcome.workflowId} has ended: ${outcome.state}\n  ${outcome.link}`;
    case 'failed':
      return `${outcome.workflowId} has ended without a result: ${outcome.status}\n  ${outcome.link}`;
    case 'dead-letter':
      return oneLine(`it is dead letter ${outcome.sequence}: ${outcome.reason}: ${outcome.detail}`);
    case 'open':
      return `${outcome.workflowId} is still open\n  ${outcome.link}`;
    case 'waiting':
      return 'no bridge has taken the event: is one running?';
  }
}
