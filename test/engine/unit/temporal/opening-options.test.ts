import { openingOptions } from '../../../../src/adapters/temporal/dispatch/workflows';
import { OCCURRENCE_MEMO, placedIn, placedMemo } from '../../../../src/contracts';
import { ping } from '../../../support/ping/domain';

const target = { workflow: ping, workflowId: 'ping-k', key: 'k' };
const opening = { occurrence: '0f6b2f1d4a3c5e79', seen: [] };
const placement = { [ping.taskQueue]: placedMemo(['desk']), another: placedMemo(['till']) };

test('a saga begins with what is placed with its own pool, whether it recurs or not', () => {
  expect(openingOptions(target, placement).memo).toEqual({ 'sagaline.placed.desk': true });
  expect(openingOptions({ ...target, opening }, placement).memo).toEqual({
    'sagaline.placed.desk': true,
    [OCCURRENCE_MEMO]: opening.occurrence,
  });
  expect(openingOptions(target, { another: placedMemo(['till']) }).memo).toEqual({});
});

test('what is placed is read from the memo, whatever else is in it', () => {
  expect(placedIn({ ...placedMemo(['desk', 'till']), [OCCURRENCE_MEMO]: 'o', mine: 1 })).toEqual([
    'desk',
    'till',
  ]);
  expect([placedIn({}), placedIn(undefined)]).toEqual([[], []]);
});
