const { projects, testTimeout } = require('../../../jest.config.cjs');

module.exports = {
  ...projects.find(({ displayName }) => displayName === 'integration'),
  testTimeout,
  rootDir: '../../..',
  displayName: 'bench-cost',
  testMatch: ['<rootDir>/test/full/bench-cost/*.test.ts'],
};
