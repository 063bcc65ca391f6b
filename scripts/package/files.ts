// Which files belong in the package.

const BELONGS = /^(package\.json|README\.md|LICENSE|(bin|dist|src|create)\/.+|docs\/(adr\/)?[^/]+\.md)$/;
/** Files of these folders that users of the package do not need. */
const NOT_PUBLISHED = /^(?!create\/).*\.(test|spec)\.|tsbuildinfo|\/node_modules\//;
/** Files without which the package cannot be used. */
const NEEDED = [
  'bin/sagaline.mjs',
  ...['workflow-thread', 'workflow-thread/promise-traces', 'workflow-thread/watchdog'].map(
    (name) => `bin/${name}.cjs`,
  ),
  'create/index.mjs',
  'create/scaffold.mjs',
  'create/template-minimal/package.json',
  'create/template-shop/sagaline.config.ts',
  'dist/cli/command.js',
  ...['index', 'workflow', 'activities', 'publisher/index', 'testing/index'].flatMap((name) => [
    `dist/${name}.js`,
    `dist/${name}.d.ts`,
    `src/${name}.ts`,
  ]),
];

export function problemsOfFiles(files: readonly string[]): string[] {
  const migrations = files.filter((file) => /^src\/.*\.sql$/.test(file));
  const needed = [...NEEDED, ...migrations.map((file) => file.replace(/^src/, 'dist'))];
  return [
    ...(migrations.length === 0 ? ['package: it has no migrations'] : []),
    ...needed.filter((file) => !files.includes(file)).map((file) => `package: ${file} is not in the tarball`),
    ...files
      .filter((file) => !BELONGS.test(file) || NOT_PUBLISHED.test(file))
      .map((file) => `package: ${file} is in the tarball and does not belong there`),
  ];
}
