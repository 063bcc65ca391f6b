import type { Sinks, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { proxySinks } from '@temporalio/workflow';

export interface InterceptedSinks extends Sinks {
  readonly testResults: { result(text: string): void };
}

const { testResults } = proxySinks<InterceptedSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      execute: async (input, next) => {
        const result = `${String(await next(input))}, around the workflow`;
        testResults.result(result);
        return result;
      },
    },
  ],
});
