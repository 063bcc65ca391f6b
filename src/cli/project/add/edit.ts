import type TypeScript from 'typescript';

/** Where to add an entry: the object or list of a constant, of the argument of a call, or of a property of that argument. */
export type Place = { readonly constant: string } | { readonly call: string; readonly property?: string };

/** One registration. {@link edited} returns `undefined` when the file does not have the expected form. */
export type Edit =
  /** `all`: `import * as name`. */
  | { readonly kind: 'import'; readonly name: string; readonly from: string; readonly all?: true }
  | { readonly kind: 'entry'; readonly place: Place; readonly name: string; readonly text: string }
  | { readonly kind: 'append'; readonly text: string };

type Ts = typeof TypeScript;
type Holder = TypeScript.ObjectLiteralExpression | TypeScript.ArrayLiteralExpression;

/** Returned in place of a text when the file already contains the edit. */
export const THERE = Symbol('there');

/** Returns the text with the edit, {@link THERE} if it has the edit already, or `undefined` if only a person can make it. */
export function edited(ts: Ts, text: string, edit: Edit): string | typeof THERE | undefined {
  if (!text.includes('\r\n')) return editedLines(ts, text, edit);
  const after = editedLines(ts, text.replaceAll('\r\n', '\n'), edit);
  return typeof after === 'string' ? after.replaceAll('\n', '\r\n') : after;
}

/** As {@link edited}, for a text whose lines end with LF. */
function editedLines(ts: Ts, text: string, edit: Edit): string | typeof THERE | undefined {
  const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  if (isBroken(ts, text)) return undefined;
  switch (edit.kind) {
    case 'append':
      return text.includes(edit.text.trim()) ? THERE : withLine(text, edit.text);
    case 'import':
      return withImport(ts, source, edit);
    case 'entry':
      return withEntry(ts, source, edit);
  }
}

function isBroken(ts: Ts, text: string): boolean {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true });
  return diagnostics.length > 0;
}

function withLine(text: string, line: string): string {
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  // An empty module has `export {}` until it exports something.
  return `${before.replace(/^export \{\};\n/m, '')}${line}\n`;
}

function withImport(
  ts: Ts,
  source: TypeScript.SourceFile,
  { name, from, all = false }: { name: string; from: string; all?: boolean },
): string | typeof THERE {
  const { text } = source;
  const imports = source.statements.filter((statement) => ts.isImportDeclaration(statement));
  const moduleOf = ({ moduleSpecifier }: TypeScript.ImportDeclaration) =>
    ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
  const ofModule = imports.filter((each) => moduleOf(each) === from);
  const bare = name.replace(/^type /, '');
  if (ofModule.some((each) => namesIn(ts, each).includes(bare))) return THERE;
  const values = ofModule.filter(
    ({ importClause }) => importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword,
  );
  for (const { importClause } of all ? [] : values) {
    const bindings = importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    const last = bindings.elements.at(-1);
    const at = last?.getEnd() ?? bindings.getStart() + 1;
    return `${text.slice(0, at)}${last ? ', ' : ' '}${name}${text.slice(at)}`;
  }
  const line = `import ${all ? `* as ${name}` : `{ ${name} }`} from '${from}';\n`;
  const at = imports.at(-1)?.getEnd();
  if (at === undefined) return `${line}${text}`;
  const lineEnd = text.indexOf('\n', at) + 1 || text.length;
  return `${text.slice(0, lineEnd)}${line}${text.slice(lineEnd)}`;
}

function namesIn(ts: Ts, { importClause }: TypeScript.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  if (!bindings) return [];
  return ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [bindings.name.text];
}

function withEntry(
  ts: Ts,
  source: TypeScript.SourceFile,
  { place, name, text: entry }: { place: Place; name: string; text: string },
): string | typeof THERE | undefined {
  const holder = holderAt(ts, source, place);
  if (!holder) return undefined;
  const entries = ts.isObjectLiteralExpression(holder) ? holder.properties : holder.elements;
  if (entries.some((each) => nameOf(ts, each) === name)) return THERE;
  const { text } = source;
  const last = entries.at(-1);
  const start = holder.getStart();
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const indent = /^\s*/.exec(text.slice(lineStart))?.[0] ?? '';
  const isObject = ts.isObjectLiteralExpression(holder);
  if (!last) {
    const filled = isObject ? `{\n${indent}  ${entry},\n${indent}}` : `[${entry}]`;
    return `${text.slice(0, start)}${filled}${text.slice(holder.getEnd())}`;
  }
  const isOneLine = !text.slice(start, holder.getEnd()).includes('\n');
  const at = entries.hasTrailingComma ? entries.end : last.getEnd();
  const comma = entries.hasTrailingComma ? '' : ',';
  const entryIndent = /^\s*/.exec(text.slice(text.lastIndexOf('\n', last.getStart()) + 1))?.[0] ?? '';
  const added = isOneLine ? `${comma} ${entry}` : `${comma}\n${entryIndent}${entry}`;
  // The last entry keeps its trailing comma if the file uses them.
  const behind = !isOneLine && entries.hasTrailingComma ? ',' : '';
  return `${text.slice(0, at)}${added}${behind}${text.slice(at)}`;
}

function nameOf(ts: Ts, node: TypeScript.Node): string {
  if (ts.isSpreadAssignment(node)) return node.expression.getText();
  const name = (node as { name?: TypeScript.Node }).name ?? node;
  return ts.isStringLiteral(name) ? name.text : name.getText();
}

function holderAt(ts: Ts, source: TypeScript.SourceFile, place: Place): Holder | undefined {
  let found: Holder | undefined;
  const visit = (node: TypeScript.Node): void => {
    if (found) return;
    if ('constant' in place) {
      if (ts.isVariableDeclaration(node) && node.name.getText() === place.constant)
        found = holderIn(ts, node.initializer);
    } else if (ts.isCallExpression(node) && node.expression.getText() === place.call) {
      found = holderIn(ts, propertyOf(ts, node.arguments[0], place.property));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function propertyOf(
  ts: Ts,
  argument: TypeScript.Expression | undefined,
  name: string | undefined,
): TypeScript.Expression | undefined {
  if (name === undefined || !argument || !ts.isObjectLiteralExpression(argument))
    return name === undefined ? argument : undefined;
  const property = argument.properties.find((each) => each.name?.getText() === name);
  return property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
}

/** Looks through `as const`, `satisfies`, brackets, and a function that only returns. */
function holderIn(ts: Ts, node: TypeScript.Node | undefined): Holder | undefined {
  if (!node) return undefined;
  if (ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node)) return node;
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return holderIn(ts, node.expression);
  if (ts.isArrowFunction(node)) return holderIn(ts, node.body);
  return undefined;
}
