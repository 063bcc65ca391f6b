// Jest loads its global set-up by Node's own `require`, in a process that was started without the condition under which the
// package's exports lead to its sources: there, the package's name is resolved to them here.
const Module = require('node:module');
const path = require('node:path');
const manifest = require('../../../package.json');

const ROOT = path.resolve(__dirname, '../../..');
const resolve = Module._resolveFilename;

Module._resolveFilename = (request, ...rest) => {
  const [name, ...entry] = request.split('/');
  const target = name === manifest.name && manifest.exports[['.', ...entry].join('/')];
  return resolve(target ? path.join(ROOT, target['sagaline-source'] ?? target) : request, ...rest);
};
