import ts from 'typescript';

/** Finds exports of an entry point without a summary, and links without a target. */
export function docstringProblems(
  checker: ts.TypeChecker,
  entry: string,
  exported: readonly ts.Symbol[],
): string[] {
  return exported.flatMap((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const name = `${symbol.name} of ${entry}`;
    const summary = ts.displayPartsToString(target.getDocumentationComment(checker)).trim();
    return [
      ...(summary === '' ? [`${name} has no docstring, or one that does not begin with what it is`] : []),
      ...[target, ...membersOf(checker, target)].flatMap((each) =>
        brokenLinks(checker, each).map((link) => `${name}: the link to ${link} leads nowhere`),
      ),
    ];
  });
}

/** The properties that the type declares itself, not those of a type that it extends. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): readonly ts.Symbol[] {
  if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class)))
    return [];
  return checker
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .filter(({ declarations }) =>
      declarations?.some((each) => symbol.declarations?.some((whole) => isWithin(each, whole))),
    );
}

function isWithin(node: ts.Node, whole: ts.Node): boolean {
  return node.getSourceFile() === whole.getSourceFile() && node.pos >= whole.pos && node.end <= whole.end;
}

/** If the compiler has found the target of a link, the link has a part for the target's name. */
function brokenLinks(checker: ts.TypeChecker, symbol: ts.Symbol): string[] {
  const parts = [
    ...symbol.getDocumentationComment(checker),
    ...symbol.getJsDocTags(checker).flatMap(({ text = [] }) => text),
  ];
  return parts.flatMap(({ kind, text }, at) => {
    const isUnresolved = kind === 'linkText' && parts[at - 1]?.kind === 'link';
    return isUnresolved && !text.startsWith('http') ? [text.trim()] : [];
  });
}
