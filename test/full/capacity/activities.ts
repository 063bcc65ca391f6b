import { setTimeout as sleep } from 'node:timers/promises';

export interface Activities {
  work(ms: number): Promise<void>;
}

export const activities: Activities = {
  work: async (ms) => {
    await sleep(ms);
  },
};
