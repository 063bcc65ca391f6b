// `node --require loaded-packages.cjs`: writes the names of the packages that a process has loaded into the file LOADED_PACKAGES.
const { writeFileSync } = require('node:fs');
const process = require('node:process');

const NAME = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

process.on('exit', () => {
  const names = Object.keys(require.cache).flatMap((file) => NAME.exec(file)?.[1] ?? []);
  writeFileSync(process.env.LOADED_PACKAGES, JSON.stringify([...new Set(names)]));
});
