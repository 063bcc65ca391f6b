/** The pool of the order in the sample's style; the other steps go to the product's own pools. */
export const SAMPLE_QUEUE = 'bench-sample';
