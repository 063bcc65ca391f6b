import { z } from 'zod';
import type { StreamReader } from '../../contracts';
import type { AppendOperation } from '../../dead-letters';
import { DECISIONS } from './question';

const MAX_TEXT = 2_000;

const decided = z.object({
  kind: z.literal('decided'),
  /** Number of the decision about a workflow id, from 1. */
  n: z.int().min(1),
  decision: z.enum(DECISIONS),
  reason: z.string().max(MAX_TEXT).optional(),
  by: z.string().max(MAX_TEXT),
  /** Sequence of its record in the audit, which says whether a token has proved the name. */
  audit: z.int().min(1).optional(),
  /** The second person, and the sequence of the approval in the audit, if the question needs two. */
  approvedBy: z.string().max(MAX_TEXT).optional(),
  approval: z.int().min(1).optional(),
  at: z.string(),
  runId: z.string(),
  /** The question: the step that could not be done, and since when. */
  what: z.string(),
  since: z.string(),
});

/** A decision about a saga, with its author. */
export type Decided = z.infer<typeof decided>;

/** The decisions about one workflow id, the oldest first. */
export interface PastDecisions {
  readonly decisions: readonly Decided[];
  /** Sequence of the last record, or 0 if there are no records: the next one must follow it directly. */
  readonly last: number;
}

const subjectOf = (workflowId: string) => `ops.sagas.${workflowId}`;

export async function decisionsOn(workflowId: string, operations: StreamReader): Promise<PastDecisions> {
  const found: Decided[] = [];
  let last = 0;
  for (let from = 1; ; from = last + 1) {
    const message = await operations.next(subjectOf(workflowId), from);
    if (!message) return { decisions: found, last };
    last = message.sequence;
    found.push(...decisionIn(message.body));
  }
}

/** @returns the recorded decision, or `undefined` when another decision came first and nothing was recorded */
export async function recordDecision(
  append: AppendOperation,
  workflowId: string,
  past: PastDecisions,
  decision: Omit<Decided, 'kind' | 'n'>,
): Promise<Decided | undefined> {
  const recorded: Decided = { kind: 'decided', n: past.decisions.length + 1, ...decision };
  const body = new TextEncoder().encode(JSON.stringify(recorded));
  return (await append(subjectOf(workflowId), body, past.last)) ? recorded : undefined;
}

function decisionIn(body: Uint8Array): Decided[] {
  try {
    return [decided.parse(JSON.parse(new TextDecoder().decode(body)))];
  } catch {
    // A record of unknown form counts for the position in the stream only.
    return [];
  }
}
