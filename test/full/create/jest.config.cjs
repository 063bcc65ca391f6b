const { projects } = require('../../../jest.config.cjs');

module.exports = {
  ...projects.find(({ displayName }) => displayName === 'e2e'),
  rootDir: '../../..',
  displayName: 'create',
  testMatch: ['<rootDir>/test/full/create/*.test.ts'],
};
