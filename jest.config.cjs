require('./test/support/setup/self-reference.cjs');

// Projects by kind: `npm run test:unit` and its siblings run one of them. `npm test` runs the first four. `e2e` (whole processes, which
// are started, killed and updated), `security` (attacks) and `examples` run by name, as .ci/run does.
const shared = {
  testEnvironment: 'node',
  // The package imports itself by name: its sources, not what is built of them.
  testEnvironmentOptions: { customExportConditions: ['sagaline-source', 'node', 'node-addons'] },
  // ES modules, which Node can load by `require` and jest cannot.
  transformIgnorePatterns: ['/node_modules/(?!(jose|node-pg-migrate)/)'],
  transform: {
    '^.+\\.ts$|/node_modules/(jose|node-pg-migrate)/.+\\.js$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs', ignoreDynamic: true },
      },
    ],
  },
  // Two suites would otherwise find the package.json of the servers' folders.
  modulePathIgnorePatterns: ['<rootDir>/.sagaline/'],
};

const project = (kind, more = {}) => ({
  ...shared,
  displayName: kind,
  testMatch: [`<rootDir>/test/{engine,shop}/${kind}/**/*.test.ts`],
  ...more,
});

// Some tests wait for a local activity to be given up, for a worker to stop, or for a browser. On a machine that does three other
// things at a time, half a minute was too short for the last ones.
const TEST_MS = 60_000;

const bundles = { globalSetup: './test/support/setup/bundles.ts' };
const servers = {
  globalSetup: './test/support/setup/servers.ts',
  globalTeardown: './test/support/setup/servers-teardown.ts',
};

/** @type {import('jest').Config} */
module.exports = {
  // One more than two cores, for tests that compute. Those of `integration` wait half of the time: `npm test` runs them by themselves, six
  // files at once. All projects in one run need a fifth more processor time on two cores.
  maxWorkers: 3,
  testTimeout: TEST_MS,
  testSequencer: './test/support/setup/sequencer.cjs',
  projects: [
    project('unit'),
    project('workflow', bundles),
    project('replay', bundles),
    project('integration', servers),
    project('e2e', servers),
    // One secured stack and one without controls, which the suite starts itself.
    project('security', bundles),
    project('examples', {
      testMatch: ['<rootDir>/examples/*/test/**/*.test.ts'],
      globalSetup: './examples/device-alerts/test/setup.ts',
    }),
  ],
};
