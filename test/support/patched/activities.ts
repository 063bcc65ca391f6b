import { proxyActivities } from '@temporalio/workflow';

/**
 * The activities of the workflow `parcel`. The page docs/deploys.md describes its change: from now on parcels are insured
 * first.
 */
export interface ParcelActivities {
  insure(): Promise<void>;
  send(): Promise<void>;
}

export const { insure, send } = proxyActivities<ParcelActivities>({ startToCloseTimeout: '10 seconds' });
