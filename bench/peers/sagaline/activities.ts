import { z } from 'zod';
import { activity } from '../../../src/effects';
import type { Effects } from '../effects';

const stepOf = z.object({ saga: z.string(), step: z.string() });

export type StepActivities = ReturnType<typeof createStepActivities>;

export function createStepActivities(effects: Effects) {
  return {
    applyStep: activity(stepOf, ({ saga, step }) => effects.apply(saga, step)),
    compensationStep: activity(stepOf, ({ saga, step }) => effects.compensate(saga, step)),
  };
}
