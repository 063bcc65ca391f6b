import { patched } from '@temporalio/workflow';
import { insure, send } from './activities';

/** The change is introduced: what was under way goes the old way, what begins now the new one. */
export async function parcel(): Promise<void> {
  if (patched('parcels-are-insured')) await insure();
  await send();
}
