/** Thrown when a check has taken longer than it may. */
export class OverdueError extends Error {
  override readonly name = 'OverdueError';
  constructor(readonly ms: number) {
    super(`no answer within ${ms / 1_000} s`);
  }
}

/** Resolves as `work` does, or rejects after `ms`; `work` may go on, and what it does then is ignored. */
export async function bounded<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OverdueError(ms)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
