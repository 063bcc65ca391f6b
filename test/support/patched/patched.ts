import { patched } from '@temporalio/workflow';
import { insure, send } from './activities';

/** The change is introduced: open executions stay on the old path, and new ones take the new path. */
export async function parcel(): Promise<void> {
  if (patched('parcels-are-insured')) await insure();
  await send();
}
