/** A word that names must not contain, and the field's word for it. */
export interface Banned {
  /** Consecutive parts of a name, in lower case: `['buried', 'at']` finds `buriedAt` and `BURIED_AT`. */
  readonly parts: readonly string[];
  readonly use: string;
  /** Parts before or after the word with which it means something else. */
  readonly notAfter?: readonly string[];
  readonly notBefore?: readonly string[];
}

const each = (words: string, use: string, more: Omit<Banned, 'parts' | 'use'> = {}): Banned[] =>
  words.split(', ').map((word) => ({ parts: word.split(' '), use, ...more }));

/** Words that a reader who knows Temporal, JetStream or Enterprise Integration Patterns would have to look up. */
export const BANNED: readonly Banned[] = [
  ...each(
    'bury, buries, buried, burying, burial, burials',
    'dead-letter, as a verb; send to the dead letters',
  ),
  ...each('graveyard', 'dead-letter store'),
  ...each('letter, letters', 'dead letter', { notAfter: ['dead', 'two', 'case'] }),
  ...each('create wire', 'ack batcher'),
  ...each('suspicion, suspects bucket, suspects stream, create suspects', 'poison detection'),
  ...each('course, courses', 'state machine (of an order), scenario (of a recording), run (of a matrix)'),
  ...each('order place, watch place', 'state, served version'),
  ...each(
    'request means, provide means, means provided, means requested, means overdue, awaiting means, other means',
    'payment method',
  ),
  ...each('happening, happenings', 'history entry'),
  ...each('outlook', 'forecast'),
  ...each('world, worlds', 'context (of the CLI), fixture (of a test), testbed (of a benchmark)'),
  ...each('accumulator, accumulators, accumulate, accumulates, accumulating', 'batcher, batch'),
  ...each('count bound, move bound, bound to', 'pinned'),
  ...each('door, doors', 'endpoint'),
  ...each('carry out', 'processAndSettle, execute, apply'),
  ...each('wish, wishes, wished', 'request'),
  ...each('heed, heeds', 'apply'),
  ...each('lift hold, held payment, hold payment, hold gone, short hold, renew hold', 'authorization'),
  ...each('needless', 'surplus'),
  ...each('errand, errands', 'one-off job'),
  ...each('fate, fates', 'outcome'),
  ...each('insist, insists, insisted', 'retriable, attempt'),
  ...each('news', 'notification', { notBefore: ['fetch'] }),
  ...each('undo, undos, undoing', 'compensate, compensation'),
  ...each('undone', 'compensated', { notBefore: ['by'] }),
];
