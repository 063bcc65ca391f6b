import { deprecatePatch } from '@temporalio/workflow';
import { insure, send } from './activities';

/** No execution on the old path is open any more: its branch is removed, the markers in the histories may stay. */
export async function parcel(): Promise<void> {
  deprecatePatch('parcels-are-insured');
  await insure();
  await send();
}
