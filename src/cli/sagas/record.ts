import { z } from 'zod';
import type { StreamReader } from '../../contracts';
import type { AppendOperation } from '../../dead-letters';
import { DECISIONS } from './question';

const MAX_TEXT = 2_000;

const decided = z.object({
  kind: z.literal('decided'),
  /** 1 for the first decision about a workflow id. */
  n: z.int().min(1),
  decision: z.enum(DECISIONS),
  reason: z.string().max(MAX_TEXT).optional(),
  by: z.string().max(MAX_TEXT),
  at: z.string(),
  runId: z.string(),
  /** The question: what could not be done, and since when. */
  what: z.string(),
  since: z.string(),
});

/** Who has decided what about a saga. */
export type Decided = z.infer<typeof decided>;

/** What was decided about one workflow id, the oldest first. */
export interface PastDecisions {
  readonly decisions: readonly Decided[];
  /** Sequence of the last record, 0 where there is none: the next one is expected behind it. */
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

/** @returns the decision as recorded, or nothing where somebody else was faster: nothing is recorded then */
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
    // A stranger's: it counts for the place in the stream, and for nothing else.
    return [];
  }
}
