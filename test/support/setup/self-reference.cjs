// Jest loads its global set-up with Node's own `require`, in a process that was started without the condition under which the
// package's exports lead to its sources. This file resolves the package's name to them.
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
