const { default: Sequencer } = require('@jest/test-sequencer');

// Started last, the longest files would run alone at the end.
const LONGEST =
  /(e2e\/\w+-?\w*|four-bridges|random-faults|delivery\/(cells|recurrence)|batcher\/runs|reconcile\/\w+|rolling|current-version|roles\/(gateway|worker)|workflow\/(order-)?fault-matrix|replay\/replay)\.test\.ts$/;
// These files wait for servers most of the time.
const WAITING = ['e2e', 'integration'];

/** Files with a lower number start earlier. */
function turnOf({ path, context }) {
  if (LONGEST.test(path)) return 0;
  return WAITING.includes(context.config.displayName?.name) ? 1 : 2;
}

/**
 * The order of the test files in a clean checkout, where jest does not know their durations yet: first the longest, then
 * those that start processes and servers, each group with the largest files first, as jest does it. With known durations,
 * jest's own order is kept.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    return [...sorted].sort((one, other) => turnOf(one) - turnOf(other));
  }
};
