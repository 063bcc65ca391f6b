import * as ticket from './ticket';

/** The recorded scenarios, by the names of their histories. */
export const scenarios = {
  ticket,
};
