import { createRequire } from 'node:module';
import path from 'node:path';
import { InvalidConfigError } from '../config';
import { runsFromSources } from './sources';

/**
 * Lets this process load the TypeScript of a project, with the project's own tsx. An engine that runs from its sources
 * has loaded tsx already; a built project does not need it.
 *
 * @throws InvalidConfigError where tsx is missing
 */
export function loadTypeScript(file: string): void {
  if (runsFromSources || path.extname(file) === '.js') return;
  try {
    const tsx = createRequire(path.resolve(file))('tsx/cjs/api') as { register(): unknown };
    tsx.register();
  } catch (cause) {
    throw new InvalidConfigError(
      [
        `${file} is TypeScript, and tsx, which loads it, is missing: npm install --save-dev tsx; or build the project ("npx sagaline build") and run it without its sources`,
      ],
      { cause },
    );
  }
}
