import { secret } from './secrets';

/** Who uses the command line. */
export const operatorSettings = {
  /**
   * The bearer token of an operator, an API key or a JSON Web Token, for `sagaline`: docs/audit.md. `SAGALINE_TOKEN_FILE`
   * names a file with it.
   */
  SAGALINE_TOKEN: secret().optional(),
};
