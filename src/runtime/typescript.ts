import { createRequire } from 'node:module';
import path from 'node:path';
import { InvalidConfigError } from '../config';
import { runsFromSources } from './sources';

export const isTypeScript = (file: string) => /\.[cm]?ts$/.test(file);

/**
 * Lets this process load the TypeScript of a project, with the project's own tsx. An engine that runs from its sources
 * has loaded tsx already; a built project does not need it.
 *
 * @throws InvalidConfigError where tsx is missing
 */
export function loadTypeScript(file: string): void {
  if (runsFromSources || !isTypeScript(file)) return;
  try {
    const tsx = createRequire(path.resolve(file))('tsx/cjs/api') as { register(): unknown };
    tsx.register();
  } catch (cause) {
    throw new InvalidConfigError(
      [
        `tsx is missing, which loads the TypeScript of your project, ${file}: npm install --save-dev tsx; a build needs none: "npx sagaline build", then --config build/sagaline.config.js`,
      ],
      { cause },
    );
  }
}
