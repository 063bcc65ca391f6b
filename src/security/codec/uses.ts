import type { CodecUse } from './server';

/** A use of the codec server, and what its owner has used since the record before. */
export interface RecordedUse extends CodecUse {
  readonly requests: number;
}

export interface CodecUses {
  /** Resolves when the use is on record. */
  record(use: CodecUse): Promise<void>;
  /** Records what was only counted so far. */
  flush(): Promise<void>;
}

/** A page of the Temporal UI makes some requests, a person some pages a minute: one record for all of them. */
const TOGETHER_MS = 60_000;

/**
 * Puts uses of the codec server on record: the first of an owner at once, the others of the same minute with the next
 * record. A process that is killed loses their number, not the fact.
 */
export function recordUses(
  append: (use: RecordedUse) => Promise<unknown>,
  now: () => number = Date.now,
): CodecUses {
  interface Minute extends CodecUse {
    readonly until: number;
    readonly recorded: Promise<unknown>;
    counted: number;
    countedPayloads: number;
  }
  const minutes = new Map<string, Minute>();

  return {
    record: async (use) => {
      const key = `${use.action} ${use.owner} ${use.workflowId ?? ''}`;
      const minute = minutes.get(key);
      if (minute && now() < minute.until) {
        minute.counted += 1;
        minute.countedPayloads += use.payloads;
        await minute.recorded;
        return;
      }
      const payloads = use.payloads + (minute?.countedPayloads ?? 0);
      const recorded = append({ ...use, payloads, requests: 1 + (minute?.counted ?? 0) });
      minutes.set(key, { ...use, until: now() + TOGETHER_MS, recorded, counted: 0, countedPayloads: 0 });
      try {
        await recorded;
      } catch (error) {
        // What was counted before stays to be recorded; the next use tries again.
        if (minute) minutes.set(key, minute);
        else minutes.delete(key);
        throw error;
      }
    },
    flush: async () => {
      const counted = [...minutes.entries()].filter(([, { counted: requests }]) => requests > 0);
      for (const [
        key,
        { owner, action, workflowId, counted: requests, countedPayloads: payloads },
      ] of counted) {
        const use = { owner, action, ...(workflowId !== undefined && { workflowId }) };
        await append({ ...use, requests, payloads });
        minutes.delete(key);
      }
    },
  };
}
