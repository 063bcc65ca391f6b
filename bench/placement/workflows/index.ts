import type { DomainEvent } from '../../../src/contracts/model/event';
import type { SagaResult } from '../../../src/contracts/names/saga';
import { openDecisions, openInbox, openSaga, openSteps, showState } from '../../../src/saga';
import { ledger } from '../capability';
import { ENTRIES, LEDGER_OPENED, LEDGER_SAGAS_QUEUE } from '../names';

const MINUTE = 60_000;
const deadlines = { stepWithinMs: MINUTE, compensationWithinMs: MINUTE, forwardWithinMs: MINUTE };

/** Steps one after another, each with its compensation, and a pivot: written like the product's own sagas. */
export async function ledgerSaga({ key }: { key: string }): Promise<SagaResult> {
  const inbox = openInbox<DomainEvent>({ key, shapes: { [LEDGER_OPENED]: {} } });
  const scope = openSaga(openDecisions());
  const { enter, close } = openSteps({ key, common: {}, deadlines, taskQueue: LEDGER_SAGAS_QUEUE })(ledger);
  await inbox.take([LEDGER_OPENED], { ms: MINUTE, waiting: 'Waiting for the opening' });
  for (let entry = 1; entry <= ENTRIES; entry++) await scope.step(enter({}));
  await scope.pivot(close({}));
  showState('closed', 'All is entered.');
  return { state: 'closed', seen: inbox.seen() };
}
