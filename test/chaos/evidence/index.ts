import { operator } from '../../../demo/operator';
import type { Shop } from '../../../demo/shop';
import type { Finding } from '../../../src/contracts';
import { createCatalogue } from '../../../src/contracts';
import { shop as shopDomain } from '../../../domains/shop';
import { readBooks } from './books';
import { readProviders } from './providers';
import { readRuns } from './runs';
import { readEvents, readDeadLetters } from './stream';
import type { Evidence } from './types';

/** Reads everything that the run has left behind. Nothing may be under way any more. */
export async function gather(
  shop: Shop,
  { ledger, decided }: Pick<Evidence, 'ledger' | 'decided'>,
): Promise<Evidence> {
  const reconciliation = await reconcile(shop);
  return {
    ledger,
    decided,
    stream: await readEvents(shop.nats, createCatalogue([shopDomain])),
    deadLetters: await readDeadLetters(shop.nats),
    runs: await readRuns(shop.temporal),
    books: await readBooks(shop.database),
    ...(await readProviders(shop)),
    reconciliation,
  };
}

async function reconcile(shop: Shop): Promise<Evidence['reconciliation']> {
  const { answer } = await operator(shop, 'reconcile');
  if (answer['checked'] === undefined) throw new Error(`reconcile says ${JSON.stringify(answer)}`);
  const findings = (answer['findings'] ?? []) as Finding[];
  return {
    checked: Number(answer['checked']),
    omitted: Number(answer['omitted']),
    findings: findings.map(({ key, kind, detail }) => ({ orderId: key, kind, detail })),
  };
}
