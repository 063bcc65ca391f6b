/** Tries the cells of docs/reference/access.md on the running stack. */
import { connectNats, natsRole, NATS_ROLES } from '../../../src/adapters/nats';
import type { EventContract } from '../../../src/contracts';
import { createCatalogue, encodeEvent, newEvent, sourceFor } from '../../../src/contracts';
import { shop as domain } from '../../../domains/shop';
import { newOrderId } from '../../../demo/orders';
import { takesEvent, takesRequest, waysOf } from '../../../scripts/access-page/cells';
import { SCOPES } from '../../../src/security/tokens/principal';
import { silentLog } from '../../support/log';
import type { Outcome } from './attack';
import { attempt } from './attack';
import { eventOf, post } from './http';
import type { Target } from './target';

/** A cell that is not as the page says. */
interface Difference {
  readonly way: string;
  readonly type: string;
  readonly expected: Outcome;
  readonly found: Outcome;
}

const catalogue = createCatalogue([domain]);
const ANSWER_WITHIN_MS = 2_000;

async function compared(
  way: string,
  expect: (contract: EventContract) => boolean,
  act: (contract: EventContract) => Promise<Outcome>,
): Promise<Difference[]> {
  const cells = await Promise.all(
    catalogue.contracts.map(async (contract): Promise<Difference> => {
      const expected = expect(contract) ? 'through' : 'refused';
      return { way, type: contract.type, expected, found: await act(contract) };
    }),
  );
  return cells.filter(({ expected, found }) => expected !== found);
}

/** Data with a key of its own: no event is a repeat of another one. */
function dataOf(contract: EventContract): object {
  const example = contract.example as object;
  return 'orderId' in example ? { ...example, orderId: newOrderId('access') } : example;
}

/** Every type through `POST /events` and the endpoint, without a token and with one of each scope. */
export async function gatewayDifferences(target: Target): Promise<Difference[]> {
  const found: Difference[] = [];
  const [endpoint] = catalogue.endpoints;
  for (const scope of [undefined, ...SCOPES]) {
    const name = scope ?? 'no token';
    const token = scope && (await target.give({ id: `access-${scope}`, scopes: [scope] }));
    const bearer = token === undefined ? {} : { token };
    if (scope) await target.keysApply();
    const send = (contract: EventContract) =>
      post(target.gatewayPort, '/events', {
        body: eventOf(contract, { source: sourceFor(contract, '/publisher'), data: dataOf(contract) }),
        ...bearer,
      });
    found.push(...(await compared(name, (contract) => takesEvent(contract, scope), send)));
    const submit = (contract: EventContract) =>
      contract.type === endpoint?.event.type
        ? post(target.gatewayPort, endpoint.path, { body: JSON.stringify(dataOf(contract)), ...bearer })
        : Promise.resolve<Outcome>('refused');
    found.push(
      ...(await compared(
        `endpoint, ${name}`,
        (contract) => takesRequest(catalogue, contract, scope),
        submit,
      )),
    );
  }
  return found;
}

/** Every type as each user of NATS. */
export async function natsDifferences(target: Target): Promise<Difference[]> {
  const found: Difference[] = [];
  const ways = waysOf([domain]);
  for (const role of NATS_ROLES) {
    const way = ways.find(({ name }) => name === `NATS, user \`${role}\``);
    if (!way) throw new Error(`the page has no user ${role}`);
    const name = { ...natsRole(role), log: silentLog, orFail: true };
    const connection = await connectNats({ ...target.natsAs(role), ...name });
    try {
      const publish = (contract: EventContract) => {
        const event = newEvent(contract, { id: newOrderId('access'), data: dataOf(contract) });
        const { subject, body } = encodeEvent(event, { source: sourceFor(contract, '/publisher') });
        return attempt(() => connection.jetstream().publish(subject, body, { timeout: ANSWER_WITHIN_MS }));
      };
      found.push(...(await compared(way.name, way.takes, publish)));
    } finally {
      await connection.close();
    }
  }
  return found;
}
