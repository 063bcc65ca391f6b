/** A saga's steps, in order, the same on every side. */
export const STEPS = ['reserve', 'authorize', 'book', 'notify', 'close'] as const;
