import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import { failureOf } from './failure';

/** A short step on our own database, ten times longer than it takes when all is well. */
const LOCAL_WITHIN = '3 seconds';

type Activities = Record<string, (input: unknown) => Promise<unknown>>;

/** The same activities, each called with a summary for the UI. */
export type Steps<A> = {
  readonly [Name in keyof A]: A[Name] extends (input: infer Input) => Promise<infer Output>
    ? (summary: string, input: Input) => Promise<Output>
    : never;
};

/**
 * Short, idempotent steps on the database of the workflow's own pool: as a local activity first, which costs one event
 * of history instead of three and no round trip; if that has no result in time, once more as an ordinary activity with
 * the same key. (A local activity that went on retrying would make a workflow task every few seconds, for each open
 * saga, while the database is away.)
 *
 * @param options of the ordinary activity, with a task queue that the workflow's own pool serves
 */
export function stepsOnOwnDatabase<A extends object>(options: ActivityOptions): Steps<A> {
  const local = proxyLocalActivities<Activities>({ scheduleToCloseTimeout: LOCAL_WITHIN });
  const ordinary = proxyActivities<Activities>(options);
  return new Proxy({} as Steps<A>, {
    get: (_, name) => async (summary: string, input: unknown) => {
      try {
        return await local[name as string]?.executeWithOptions({ summary }, [input]);
      } catch (error) {
        if (failureOf(error).kind === 'refused') throw error;
        return ordinary[name as string]?.executeWithOptions({ summary }, [input]);
      }
    },
  });
}

/** Steps of another capability: ordinary activities on that capability's task queue. */
export function stepsOf<A extends object>(
  options: ActivityOptions & { readonly taskQueue: string },
): Steps<A> {
  const ordinary = proxyActivities<Activities>(options);
  return new Proxy({} as Steps<A>, {
    get: (_, name) => (summary: string, input: unknown) =>
      ordinary[name as string]?.executeWithOptions({ summary }, [input]),
  });
}
