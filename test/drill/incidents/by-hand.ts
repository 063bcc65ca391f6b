import { operator } from '../../../demo/operator';
import type { Shop } from '../../../demo/shop';

/**
 * Runs a command of the runbook.
 *
 * @returns its answer
 * @throws if it ends with another exit code than 0
 */
export async function byHand(shop: Shop, ...args: string[]): Promise<Readonly<Record<string, unknown>>> {
  const { code, answer } = await operator(shop, ...args);
  if (code !== 0) throw new Error(`sagaline ${args.join(' ')} ended with ${code}: ${JSON.stringify(answer)}`);
  return answer;
}
