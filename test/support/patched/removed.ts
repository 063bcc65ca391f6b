import { insure, send } from './activities';

/** No execution whose history has the first marker is open any more: only the new code is left. */
export async function parcel(): Promise<void> {
  await insure();
  await send();
}
