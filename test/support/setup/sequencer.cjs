const { default: Sequencer } = require('@jest/test-sequencer');

// They wait for servers most of the time: begun last, they would go on alone at the end.
const WAITING = ['e2e', 'integration'];

const waits = ({ context }) => WAITING.includes(context.config.displayName?.name);

/**
 * The order of the test files in a clean checkout, where jest does not know yet which of them take long: first those that
 * start processes and servers, among themselves the largest first, as jest does it. What it knows it goes by.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    return [...sorted.filter(waits), ...sorted.filter((test) => !waits(test))];
  }
};
