import { insure, send } from './activities';

/** Nothing whose history has the first mark is under way any more: the change is the code. */
export async function parcel(): Promise<void> {
  await insure();
  await send();
}
