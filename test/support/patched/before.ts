import { send } from './activities';

export async function parcel(): Promise<void> {
  await send();
}
