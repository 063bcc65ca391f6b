import type * as local from '../../runtime/local';
import type * as provisioning from '../../runtime/provision';
import type * as running from '../../runtime/run';

// Loaded only for the commands that need them.

/* eslint-disable @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS */
export function theLocalStack(): typeof local {
  return require('../../runtime/local') as typeof local;
}

export function theProvisioning(): typeof provisioning {
  return require('../../runtime/provision') as typeof provisioning;
}

export function theRoles(): typeof running {
  return require('../../runtime/run') as typeof running;
}
/* eslint-enable @typescript-eslint/no-require-imports */
