import { setMaxListeners } from 'node:events';

/**
 * Does all at once and waits for all, also where one fails: the others are told to stop then, so that nothing goes on
 * behind anybody's back. Throws the first failure in the order given.
 */
export async function allOrNone<Results extends readonly unknown[]>(
  signal: AbortSignal,
  works: { readonly [Index in keyof Results]: (stopping: AbortSignal) => Promise<Results[Index]> },
): Promise<Results> {
  const failure = new AbortController();
  const stopping = AbortSignal.any([signal, failure.signal]);
  // Everything that pauses listens.
  setMaxListeners(0, stopping);
  const outcomes = await Promise.allSettled(
    works.map((work) =>
      work(stopping).catch((error: unknown) => {
        failure.abort();
        throw error;
      }),
    ),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
}
