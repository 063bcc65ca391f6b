import * as ticket from './ticket';

/** What is recorded, by the name of the history. */
export const scenarios = {
  ticket,
};
