import ts from 'typescript';
import type { Banned } from './banned';
import { BANNED } from './banned';

/** A name in a file that contains a banned word. */
export interface Found {
  readonly line: number;
  readonly name: string;
  readonly use: string;
}

const PARTS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const NAME = /[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*/g;

/** The banned word in a name such as `buriedAt`, `BURIED_AT` or `buried-at`. */
export function bannedIn(name: string): Banned | undefined {
  const parts = (name.match(PARTS) ?? []).map((part) => part.toLowerCase());
  return BANNED.find(({ parts: wanted, notAfter = [], notBefore = [] }) =>
    parts.some(
      (_, at) =>
        wanted.every((part, index) => parts[at + index] === part) &&
        !notAfter.includes(parts[at - 1] ?? '') &&
        !notBefore.includes(parts[at + wanted.length] ?? ''),
    ),
  );
}

function namesIn(text: string, line: number): Found[] {
  return (text.match(NAME) ?? []).flatMap((name) => {
    const banned = bannedIn(name);
    return banned ? [{ line, name, use: banned.use }] : [];
  });
}

/** Names in TypeScript and JavaScript: identifiers, and literals without a space, which are keys, event types or paths. */
export function inCode(file: string, text: string): Found[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || (ts.isStringLiteralLike(node) && !/\s/.test(node.text))) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push(...namesIn(node.text, line));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Names in Markdown: text in backquotes; elsewhere each word with a hyphen, an underscore or a capital inside. */
export function inText(file: string, text: string): Found[] {
  return text.split('\n').flatMap((content, index) => {
    const names = file.endsWith('.md')
      ? [...content.matchAll(/`([^`\s]+)`/g)].map(([, inside = '']) => inside)
      : (content.match(NAME) ?? []).filter((name) => /[-_]|[a-z][A-Z]/.test(name));
    return names.flatMap((name) => namesIn(name, index + 1));
  });
}
