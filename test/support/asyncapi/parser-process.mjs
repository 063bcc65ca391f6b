// Reads an AsyncAPI document from stdin, and writes the result of @asyncapi/parser. It is its own process because jest
// would take ten times as long to load the parser's files.
import { text } from 'node:stream/consumers';
import process from 'node:process';
import { Parser } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(await text(process.stdin));
const count = (items) => items?.all().length ?? 0;
process.stdout.write(
  JSON.stringify({
    diagnostics: diagnostics.map(({ code, message, path, severity }) => ({ code, message, path, severity })),
    channels: count(document?.channels()),
    operations: count(document?.operations()),
    messages: count(document?.components().messages()),
  }),
);
