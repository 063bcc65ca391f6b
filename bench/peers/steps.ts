/** A saga's steps, in their order, on every side. */
export const STEPS = ['reserve', 'authorize', 'book', 'notify', 'close'] as const;
