// Part of `npm run check`: every export of the package has a docstring with working links, every function has an example, and
// each example compiles.
import path from 'node:path';
import process from 'node:process';
import ts from 'typescript';
import { docstringProblems } from './examples/docstrings';

const ROOT = path.resolve(__dirname, '..');
const ENTRIES: Readonly<Record<string, string>> = {
  sagaline: 'src/index.ts',
  'sagaline/workflow': 'src/workflow.ts',
  'sagaline/activities': 'src/activities.ts',
  'sagaline/publisher': 'src/publisher/index.ts',
  'sagaline/testing': 'src/testing/index.ts',
};
const PRELUDE = path.join(ROOT, 'scripts', 'examples', 'prelude.ts');
/** Names from other packages that an example may use. */
const OTHERS: Readonly<Record<string, string>> = {
  path: "import path from 'node:path';",
  setWorkflowOptions: "import { setWorkflowOptions } from '@temporalio/workflow';",
  Worker: "import { Worker } from '@temporalio/worker';",
};

interface Example {
  readonly name: string;
  readonly code: string;
}

interface Public {
  readonly name: string;
  readonly entry: string;
  readonly examples: readonly string[];
  readonly isFunction: boolean;
}

function main(): void {
  const options = compilerOptions();
  const program = ts.createProgram(
    [...Object.values(ENTRIES).map((file) => path.join(ROOT, file)), PRELUDE],
    options,
  );
  const known = exportsOf(program);
  const missing = known.filter(({ isFunction, examples }) => isFunction && examples.length === 0);
  const examples = known.flatMap(({ name, examples: codes }) =>
    codes.map((code, at) => ({ name: at === 0 ? name : `${name}-${at + 1}`, code })),
  );
  const problems = [
    ...Object.entries(ENTRIES).flatMap(([entry, file]) =>
      docstringProblems(program.getTypeChecker(), entry, exportedFrom(program, path.join(ROOT, file))),
    ),
    ...missing.map(({ name, entry }) => `${name} of ${entry} has no @example`),
    ...compile(examples, importables(known, program), options),
  ];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
  else process.stdout.write(`examples: ${examples.length}, each compiles\n`);
}

function compilerOptions(): ts.CompilerOptions {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const parsed = ts.getParsedCommandLineOfConfigFile(path.join(ROOT, 'tsconfig.json'), {}, host);
  if (!parsed) throw new Error('tsconfig.json cannot be read');
  // An example need not use everything that it declares.
  return { ...parsed.options, noEmit: true, allowImportingTsExtensions: true, noUnusedLocals: false };
}

/** Each export once, with the first entry point that has it. */
function exportsOf(program: ts.Program): Public[] {
  const checker = program.getTypeChecker();
  const known = new Map<string, Public>();
  for (const [entry, file] of Object.entries(ENTRIES)) {
    for (const symbol of exportedFrom(program, path.join(ROOT, file))) {
      const { name } = symbol;
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (known.has(name)) continue;
      const examples = target
        .getJsDocTags(checker)
        .filter((tag) => tag.name === 'example')
        .map(({ text }) => ts.displayPartsToString(text));
      known.set(name, { name, entry, examples, isFunction: isFunction(checker, target) });
    }
  }
  return [...known.values()];
}

/** Whether the symbol is a function, or a constant with a function. Classes do not count. */
function isFunction(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  return (
    (symbol.flags & ts.SymbolFlags.Value) !== 0 &&
    checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0
  );
}

function exportedFrom(program: ts.Program, file: string): ts.Symbol[] {
  const source = program.getSourceFile(file);
  const module = source && program.getTypeChecker().getSymbolAtLocation(source);
  return module ? program.getTypeChecker().getExportsOfModule(module) : [];
}

/** Names that an example can use, with the module of each. */
function importables(known: readonly Public[], program: ts.Program): ReadonlyMap<string, string> {
  const prelude = exportedFrom(program, PRELUDE).map(({ name }) => [name, './prelude.ts'] as const);
  const types = Object.entries(ENTRIES).flatMap(([entry, file]) =>
    exportedFrom(program, path.join(ROOT, file)).map(({ name }) => [name, entry] as const),
  );
  return new Map([...types, ...prelude, ...known.map(({ name, entry }) => [name, entry] as const)]);
}

/** @returns the problems of each example */
function compile(
  examples: readonly Example[],
  names: ReadonlyMap<string, string>,
  options: ts.CompilerOptions,
): string[] {
  // An example is compiled as a module, because it may use `await`.
  const files = new Map(
    examples.map(({ name, code }) => [
      path.join(ROOT, 'scripts', 'examples', `${name}.mts`),
      `${importsFor(code, names)}\n${code}\nexport {};\n`,
    ]),
  );
  const host = ts.createCompilerHost(options);
  const disk = ts.createCompilerHost(options);
  host.readFile = (file) => files.get(file) ?? disk.readFile(file);
  host.fileExists = (file) => files.has(file) || disk.fileExists(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = files.get(file);
    return text === undefined
      ? disk.getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, text, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = source
      ? [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      : [];
    return found.map(
      ({ messageText }) =>
        `the example of ${path.basename(file, '.mts')}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`,
    );
  });
}

/** Imports the names in the code that the code does not declare itself. */
function importsFor(code: string, names: ReadonlyMap<string, string>): string {
  const declared = new Set(
    [...code.matchAll(/\b(?:const|let|function|class)\s+(\w+)/g)].map(([, name]) => name),
  );
  const used = new Set([...code.matchAll(/\b[A-Za-z]\w*\b/g)].map(([name]) => name));
  const wanted = [...names].filter(([name]) => used.has(name) && !declared.has(name));
  const lines = wanted.map(([name, from]) => `import { ${name} } from '${from}';`);
  const others = Object.entries(OTHERS).filter(([name]) => used.has(name) && !declared.has(name));
  return [...lines, ...others.map(([, line]) => line)].join('\n');
}

main();
