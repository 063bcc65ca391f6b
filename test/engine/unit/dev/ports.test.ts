// Ports for servers that are not started yet.
import { freePorts } from '../../../../src/dev/stack';

test('no port is given away twice, though nobody has opened it yet', async () => {
  const given: number[] = [];
  // Of 17,000 ports: by chance alone, one would come twice with near certainty.
  for (let asked = 0; asked < 20; asked++) given.push(...(await freePorts(40)));
  expect(new Set(given).size).toBe(given.length);
});
