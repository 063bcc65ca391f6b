import { newEvent } from '../../../../src/cli/events/new-event';
import { createCatalogue } from '../../../../src/contracts';
import { inClear } from '../../../../src/security/personal';
import { pingDomain } from '../../../support/ping/domain';

const catalogue = createCatalogue([pingDomain]);
const drafted = (data: object, type = 'pings.pinged.v2') =>
  newEvent({ type, text: Buffer.from(JSON.stringify(data)) }, catalogue, inClear.seal);

test('a field that the contract would remove is refused: a person has mistyped it', async () => {
  await expect(drafted({ pingId: 'p', urgency: 1, note: 'yes', noet: 'no' })).rejects.toThrow(
    'data.noet: the contract does not know it, and would remove it; the example of test.sagaline.pings.pinged.v2 has pingId, urgency',
  );
});

test('what the contract knows goes through, also of an older version', async () => {
  expect((await drafted({ pingId: 'p', urgency: 1, note: 'yes' })).event.data).toEqual({
    pingId: 'p',
    urgency: 1,
    note: 'yes',
  });
  expect((await drafted({ pingId: 'p' }, 'pings.pinged.v1')).event.data).toEqual({ pingId: 'p', urgency: 0 });
});
