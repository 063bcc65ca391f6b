import { createRequire } from 'node:module';
import path from 'node:path';
import type TypeScript from 'typescript';
import { CliError, EXIT } from '../../exit';

/** Loads the project's own compiler. @throws CliError when the project has none */
export function typescriptOf(root: string): typeof TypeScript {
  try {
    return createRequire(path.join(root, 'package.json'))('typescript') as typeof TypeScript;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new CliError(
      'no-typescript',
      'typescript is missing: npm install, or npm install --save-dev typescript',
      EXIT.usage,
    );
  }
}
