// Endpoint and carrier agree: what an order may have for an address, the carrier takes.
import { exampleAddress } from '../../../../domains/shop/events/address';
import { createHttpCarrier } from '../../../../activities/shop/shipping.http';
import { address } from '../../../../domains/shop/events/address';
import type { SandboxUnderTest } from '../sandbox/sandbox-under-test';
import { SHIPMENTS, startSandboxUnderTest } from '../sandbox/sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeAll(async () => void (sandbox = await startSandboxUnderTest()));
afterAll(() => sandbox.stop());

const shippingAddress = exampleAddress;
const FIELDS = ['name', 'street', 'street2', 'postalCode', 'city', 'region', 'phone'] as const;
/** Longer than any line of an address. */
const UNBOUNDED = 500;

/** The longest text that the endpoint takes. */
function longest(field: (typeof FIELDS)[number]): string {
  const texts = Array.from({ length: UNBOUNDED }, (_, at) => '1'.repeat(at + 1));
  const taken = texts.filter((text) => address.safeParse({ ...shippingAddress, [field]: text }).success);
  return taken.at(-1) ?? '';
}

test.each(FIELDS)(
  '%s: the carrier takes the longest that the endpoint takes, and gets all of it',
  async (field) => {
    const text = longest(field);
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(UNBOUNDED);
    const carrier = createHttpCarrier({
      url: sandbox.url + SHIPMENTS.replace('/shipments', ''),
      apiKey: 'sk_carrier',
    });
    const { shipmentId } = await carrier.book({
      key: `${field}:createShipment:0`,
      orderId: field,
      recipient: { ...shippingAddress, [field]: text },
      parcels: [{ sku: 'TEA-GREEN-250', quantity: 1 }],
    });
    const { body } = await sandbox.get(`${SHIPMENTS}/${shipmentId}`);
    const at = field === 'postalCode' ? 'postal_code' : field;
    expect(body['recipient']).toMatchObject({ [at]: text });
  },
);
