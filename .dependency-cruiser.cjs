// Who may import whom: the table in docs/architecture.md. `import type` passes where the table says so.
const notTypes = { dependencyTypesNot: ['type-only'] };
const external = '^node_modules/';

/** `folder` may load at run time only what `allowed` names, besides itself and Node's own modules. */
const only = (folder, allowed, packages = []) => ({
  name: `imports of ${folder}`,
  severity: 'error',
  from: { path: `^${folder}` },
  to: {
    ...notTypes,
    pathNot: [
      `^${folder}`,
      ...(folder.startsWith('src/') ? ['^src/async/'] : []),
      ...allowed.map((path) => `^${path}`),
      ...packages.map((name) => `${external}(@types/)?${name}(/|$)`),
    ],
    // A Node module has no path that could be listed.
    dependencyTypesNot: ['type-only', 'core'],
  },
});

/** No Node module either: these run inside the workflow sandbox, or are pure. */
const noCore = (folder) => ({
  name: `${folder} does no I/O`,
  severity: 'error',
  from: { path: `^${folder}` },
  to: { dependencyTypes: ['core'] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true, viaOnly: notTypes } },
    {
      name: 'no circles of types in these folders',
      severity: 'error',
      from: { path: '^src/(adapters/prometheus|cli|gateway|reference)/' },
      to: { circular: true },
    },
    {
      name: 'no orphans',
      severity: 'error',
      // The charts' script is read as text, for the page that it runs in.
      from: { orphan: true, pathNot: ['^test/', '\\.d\\.ts$', '^bench/page/charts\\.mjs$'] },
      to: {},
    },
    {
      name: 'nothing imports tests',
      severity: 'error',
      from: { pathNot: ['^test/', '^jest\\.config\\.cjs$'] },
      to: { path: '^test/' },
    },
    {
      name: 'nothing imports the demo',
      severity: 'error',
      from: { pathNot: '^(demo|test)/' },
      to: { path: '^demo/' },
    },
    {
      name: 'the engine knows no domain',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(domains|workflows|activities|workers)/' },
    },

    only('src/async/', []),
    noCore('src/async/'),
    only('src/contracts/', [], ['zod']),
    // What things are called; workflows load it. Then what a project declares, then the bytes.
    only('src/contracts/names/', []),
    only('src/contracts/model/', ['src/contracts/names/'], ['zod']),
    only('src/contracts/wire/', ['src/contracts/(names|model)/'], ['zod']),
    noCore('src/contracts/'),
    only(
      'src/gateway/',
      ['src/contracts/', 'src/adapters/', 'src/security/tokens/', 'src/tracing/'],
      ['fastify', '@fastify/helmet', '@fastify/rate-limit'],
    ),
    only('src/tracing/', ['src/contracts/']),
    only('src/delivery/', ['src/contracts/']),
    noCore('src/delivery/'),
    only('src/bridge/', ['src/contracts/', 'src/delivery/']),
    noCore('src/bridge/'),
    only('src/saga/', ['src/contracts/names/'], ['@temporalio/workflow', '@temporalio/common']),
    noCore('src/saga/'),
    only(
      'src/effects/',
      ['src/contracts/', 'src/adapters/', 'src/tracing/'],
      ['@temporalio/activity', 'zod'],
    ),
    only('src/dead-letters/', ['src/contracts/', 'src/adapters/'], ['zod']),
    {
      name: 'nothing but its own folder, tests and the demo load the command line',
      severity: 'error',
      from: { pathNot: '^(src/cli|test|demo)/' },
      to: { ...notTypes, path: '^src/cli/' },
    },
    only(
      'src/operator/',
      [
        'src/contracts/',
        'src/adapters/',
        'src/dead-letters/',
        'src/effects/unpublished\\.ts$',
        'src/security/audit/',
        'src/switches/',
      ],
      ['zod'],
    ),
    only(
      'src/console/',
      [
        'src/contracts/',
        'src/adapters/(nats|temporal)/',
        'src/dead-letters/',
        'src/observability/',
        'src/operator/',
        'src/reference/(fields|data-schema)\\.ts$',
        'src/security/(audit|tokens)/',
      ],
      ['fastify', '@fastify/helmet', '@dagrejs/dagre', 'zod', 'esbuild', 'uplot'],
    ),
    only('src/kubernetes/', ['src/contracts/', 'src/config/', 'src/runtime/'], ['yaml']),
    only('src/subscriptions/', ['src/contracts/', 'src/delivery/', 'src/adapters/']),
    only('src/relay/', ['src/contracts/', 'src/adapters/', 'src/tracing/']),
    only(
      'src/keys/',
      ['src/contracts/', 'src/adapters/nats/', 'src/subscriptions/', 'src/security/signatures/'],
      ['zod', 'node-forge', 'jose'],
    ),
    only(
      'src/publisher/',
      [
        'src/contracts/',
        'src/adapters/(nats|postgres)/',
        'src/relay/',
        'src/effects/(outbox|cause|migrations)\\.ts$',
        'src/security/signatures/',
      ],
      ['zod'],
    ),
    only('src/observability/', [
      'src/contracts/',
      'src/adapters/',
      'src/dead-letters/',
      'src/relay/',
      'src/switches/',
    ]),
    only('src/switches/', ['src/contracts/', 'src/adapters/'], ['zod']),
    only('src/reference/', ['src/contracts/'], ['zod']),
    noCore('src/reference/'),
    {
      name: 'imports of src/adapters/',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: {
        ...notTypes,
        path: '^(src|workflows|activities|workers|demo)/',
        pathNot: '^src/(adapters|async|contracts|files)/',
      },
    },
    {
      name: 'the NATS client stays behind its adapter',
      severity: 'error',
      // The naive bridge stands for what people write without it.
      from: {
        pathNot: ['^src/adapters/nats/', '^src/dev/', '^test/', '^demo/', '^bench/bridge/naive-bridge\\.ts$'],
      },
      to: { ...notTypes, path: `${external}nats/` },
    },
    only('src/files/', []),
    only('src/capacity/', []),
    noCore('src/capacity/'),
    only('src/config/', ['src/contracts/', 'src/files/'], ['zod', '@temporalio/envconfig']),
    only(
      'src/security/',
      ['src/contracts/', 'src/files/'],
      ['fastify', '@temporalio/(common|proto)', 'zod', 'jose'],
    ),
    only('domains/[^/]+/(?!sandbox/)', ['src/index\\.ts$', 'src/workflow\\.ts$'], ['zod']),
    noCore('domains/[^/]+/(?!sandbox/)'),
    {
      name: 'a project imports the package by its name',
      severity: 'error',
      from: { path: '^(domains|workflows|activities|workers|examples)/|^sagaline\\.config\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(index|workflow|activities|testing/index)\\.ts$' },
    },
    {
      name: 'an example is a project of its own',
      severity: 'error',
      from: { path: '^examples/([^/]+)/' },
      to: {
        path: '^(domains|workflows|activities|workers|demo|bench|test|examples)/',
        pathNot: '^examples/$1/',
      },
    },

    only(
      'workflows/',
      ['src/workflow\\.ts$', 'domains/[^/]+/(rules/|(names|capabilities)\\.ts$)'],
      ['@temporalio/workflow'],
    ),
    noCore('workflows/'),
    only(
      'activities/',
      ['src/index\\.ts$', 'src/activities\\.ts$', 'domains/'],
      ['@temporalio/activity', 'zod'],
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['sagaline-source', 'require', 'node', 'default', 'types'],
    },
  },
};
