import { wholeNumber } from '../options';

/** The usual length of a list of sagas. */
export const PAGE = 50;
const LARGEST_PAGE = 1_000;

/** Reads how many sagas a list shows at most. */
export const pageSize = wholeNumber(1, LARGEST_PAGE);

/** Characters of a text that others have written: a line of a table stays readable. */
export const MAX_CELL = 80;
