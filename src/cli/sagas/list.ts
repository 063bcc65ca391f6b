import { wholeNumber } from '../options';

/** Default length of a list of sagas. */
export const PAGE = 50;
const LARGEST_PAGE = 1_000;

/** Parses the largest number of sagas in a list. */
export const pageSize = wholeNumber(1, LARGEST_PAGE);

/** Longest text in a cell, in characters: others have written these texts, and a line of a table stays readable. */
export const MAX_CELL = 80;
