/** Nothing that was acknowledged is lost, and what belongs together comes in its order. */
import { identityOf } from '../../../src/contracts';
import type { Evidence, StreamEvent } from '../evidence/types';
import type { Invariant } from './invariant';
import { each, grouped, together } from './invariant';

const acknowledgedIsStored: Invariant = {
  name: 'what was acknowledged to its publisher is in the stream',
  check: ({ ledger, webhooks, stream }) => {
    const stored = new Set(stream.map(({ event }) => event?.identity));
    const places = new Map(stream.map(({ sequence, event }) => [sequence, event?.identity]));
    return together(
      each(ledger.acknowledged, ({ event, subject, sequence, via }) => {
        const identity = event && identityOf(event);
        const what = `${identity ?? 'a hostile message'} on ${subject}, acknowledged by ${via}`;
        if (identity !== undefined && !stored.has(identity)) return [`${what}, is not in the stream`];
        if (sequence === undefined) return [];
        if (!places.has(sequence)) return [`${what}, is not in the stream at ${sequence}`];
        return places.get(sequence) === identity ? [] : [`${what}: at ${sequence} is something else`];
      }),
      each(
        webhooks.filter(({ delivered }) => delivered),
        ({ identity }) => (stored.has(identity) ? [] : [`the webhook ${identity} is not in the stream`]),
      ),
    );
  },
};

const appliedOrDeadLettered: Invariant = {
  name: 'every event was applied or is a dead letter',
  check: ({ stream, runs, deadLetters }) => {
    const applied = new Set(
      runs.flatMap(({ workflowId, signals }) => signals.map((identity) => `${workflowId} ${identity}`)),
    );
    const deadLetteredAt = new Set(deadLetters.map(({ sequence }) => sequence));
    return each(
      stream.filter(({ event }) => !event || event.workflowIds.length > 0),
      ({ sequence, subject, event }) => {
        if (deadLetteredAt.has(sequence)) return [];
        if (!event) return [`what is on ${subject} at ${sequence} cannot be read, and is no dead letter`];
        const { identity, workflowIds } = event;
        return workflowIds
          .filter((workflowId) => !applied.has(`${workflowId} ${identity}`))
          .map(
            (workflowId) => `${identity} at ${sequence} has not reached ${workflowId}, and is no dead letter`,
          );
      },
    );
  },
};

const inOrder: Invariant = {
  name: 'events of one key have come in the order of the stream',
  check: (evidence) => {
    const ranks = ranksIn(evidence);
    const ofWorkflows = [...grouped(evidence.runs, ({ workflowId }) => workflowId)].map(
      ([workflowId, runs]) => ({
        workflowId,
        // A repeat is dropped by the workflow, whenever it comes.
        signals: [...new Set(runs.flatMap(({ signals }) => signals))],
      }),
    );
    const pairs = ofWorkflows.flatMap(({ workflowId, signals }) =>
      signals.slice(1).map((later, index) => ({ workflowId, earlier: signals[index] ?? '', later })),
    );
    return each(pairs, ({ workflowId, earlier, later }) =>
      (ranks.get(earlier) ?? 0) < (ranks.get(later) ?? 0)
        ? []
        : [`${workflowId} got ${earlier} before ${later}, which is earlier in the stream`],
    );
  },
};

/** Where each event stands first, the places left out at which it became a dead letter. */
function ranksIn({ stream, deadLetters }: Pick<Evidence, 'stream' | 'deadLetters'>): Map<string, number> {
  const deadLetteredAt = new Set(deadLetters.map(({ sequence }) => sequence));
  const ranks = new Map<string, number>();
  const reached = (message: StreamEvent) => message.event && !deadLetteredAt.has(message.sequence);
  for (const { event, sequence } of stream.filter(reached)) {
    if (event && !ranks.has(event.identity)) ranks.set(event.identity, sequence);
  }
  return ranks;
}

export const delivery: readonly Invariant[] = [acknowledgedIsStored, appliedOrDeadLettered, inOrder];
