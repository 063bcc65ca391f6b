import { proxyActivities } from '@temporalio/workflow';

/** Of the workflow `parcel`, whose change the page docs/deploys.md tells: from now on parcels are insured first. */
export interface ParcelActivities {
  insure(): Promise<void>;
  send(): Promise<void>;
}

export const { insure, send } = proxyActivities<ParcelActivities>({ startToCloseTimeout: '10 seconds' });
