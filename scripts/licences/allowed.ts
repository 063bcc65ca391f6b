/** Which licences the packages of the lock file may have. */

/** Licences without conditions on the code that uses the package (SPDX ids). */
const PERMISSIVE: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** Packages whose licence is another one, or is not in the lock file. */
const EXCEPTIONS: readonly {
  readonly name: RegExp;
  readonly licence: string | undefined;
  readonly why: string;
}[] = [
  { name: /^argparse$/, licence: 'Python-2.0', why: 'permissive; for tools of development only' },
  { name: /^spdx-exceptions$/, licence: 'CC-BY-3.0', why: 'a list of names; for tools of development only' },
  { name: /^axe-core$/, licence: 'MPL-2.0', why: 'unchanged, and for tests only; no package contains it' },
  {
    name: /^caniuse-lite$/,
    licence: 'CC-BY-4.0',
    why: 'data on browsers, which the bundler reads and no bundle contains',
  },
  {
    name: /^(@oxc-parser\/binding|@unrs\/resolver-binding|@swc\/core)-/,
    licence: undefined,
    why: 'MIT and Apache-2.0 as their siblings: entries for other platforms, which scripts/complete-lock.mjs adds without a licence',
  },
  {
    name: /^unionfs$/,
    licence: undefined,
    why: 'Unlicense, in its LICENSE file; its package.json does not say so',
  },
];

/** A line for each package that may not be used. */
export function licenceProblems(packages: Readonly<Record<string, { readonly license?: string }>>): string[] {
  return Object.entries(packages).flatMap(([folder, { license }]) => {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (folder === '' || isPermissive(license)) return [];
    if (EXCEPTIONS.some((exception) => exception.name.test(name) && exception.licence === license)) return [];
    return [
      `${name} has ${license ?? 'no licence'}: use another package, or add an exception with its reason`,
    ];
  });
}

/** Of alternatives one is enough; of licences that apply together each must be permissive. */
function isPermissive(licence: string | undefined): boolean {
  if (licence === undefined) return false;
  const alternatives = licence.replace(/[()]/g, '').split(' OR ');
  return alternatives.some((each) => each.split(' AND ').every((id) => PERMISSIVE.includes(id.trim())));
}
