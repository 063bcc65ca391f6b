// Reports the entry of every function of `src` by `__entered(<file>)`: of CommonJS modules that are loaded after this one, and, as a
// loader of webpack, of the workflows' bundle.
const { Module } = require('node:module');
const path = require('node:path');
const ts = require('typescript');

const ROOT = path.resolve(__dirname, '../..');
const SRC = path.join(ROOT, 'src') + path.sep;
/** What esbuild adds to a module: `import` becomes a getter of it, which is no step of an event. */
const HELPER = /^__/;

/** The file as it is shown, `src/bridge/bridge.ts`; `undefined` outside of `src`. */
function sourceOf(file) {
  const plain = file?.replace(/^file:\/\//, '');
  return plain?.startsWith(SRC) ? path.relative(ROOT, plain) : undefined;
}

function instrumented(code, name) {
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const call = `__entered(${JSON.stringify(name)})`;
  const edits = [];
  const visit = (node) => {
    if (isHelper(node)) return;
    const { body } = node;
    if (body && ts.isFunctionLike(node)) {
      if (ts.isBlock(body)) edits.push([body.getStart() + 1, `${call};`]);
      else edits.push([body.getStart(), `(${call},(`], [body.end, '))']);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  edits.sort(([one], [other]) => other - one);
  return edits.reduce((text, [at, added]) => text.slice(0, at) + added + text.slice(at), code);
}

function isHelper(node) {
  if (ts.isVariableDeclaration(node)) return HELPER.test(node.name.getText());
  return (
    ts.isCallExpression(node) &&
    ['__export', '__reExport', '__toCommonJS'].includes(node.expression.getText())
  );
}

/** Without this the modules stay as they are. */
function instrumentModules() {
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (content, filename, ...rest) {
    const name = sourceOf(filename);
    return compile.call(this, name ? instrumented(content, name) : content, filename, ...rest);
  };
}

/** A worker thread has no other way out of the workflows' sandbox than its console; a declaration may stand behind its use. */
const REPORT = `
function __entered(file) { try { console.log('entered ' + file + ';'); } catch {} }
`;

module.exports = function loader(code) {
  const name = sourceOf(this.resourcePath);
  return name ? instrumented(code, name) + REPORT : code;
};
module.exports.instrumentModules = instrumentModules;
module.exports.sourceOf = sourceOf;
