import { deprecatePatch } from '@temporalio/workflow';
import { insure, send } from './activities';

/** Nothing that went the old way is under way any more: its branch goes, the marks in the histories may stay. */
export async function parcel(): Promise<void> {
  deprecatePatch('parcels-are-insured');
  await insure();
  await send();
}
