import { createRequire } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');

/**
 * With several copies of protobufjs under the @temporalio packages, a JSON history does not load: an object made by one
 * copy is no `Type` for the other. `protobufjs` is therefore a peer of ours, in the version that they want: npm puts a peer
 * beside the package, where all of them find it.
 */
test('all @temporalio packages share one copy of protobufjs', () => {
  const fromRoot = createRequire(path.join(ROOT, 'package.json'));
  const copies = ['client', 'common', 'proto', 'worker', 'workflow', 'testing'].map((name) => {
    const fromPackage = createRequire(fromRoot.resolve(`@temporalio/${name}/package.json`));
    return fromPackage.resolve('protobufjs');
  });
  expect(new Set(copies)).toEqual(new Set([fromRoot.resolve('protobufjs')]));
});
