// The fake lanes keep the promises of the real ones, which other tests rely on.
import { lanesConform } from '../../../support/conformance/lanes';
import { fakeLanes } from '../../../support/fakes/lanes';

lanesConform((count) => {
  const { lanes, committed, pass } = fakeLanes('readings', count);
  return Promise.resolve({
    lanes,
    expire: () => {
      pass(10_001);
      return Promise.resolve();
    },
    written: () => Promise.resolve(committed.map(([, values]) => String(values?.[0]))),
    write: 'write',
  });
});
