/** For {@link rolesWith}: bridges of the journal's deployment. */
export const JOURNAL_BRIDGE = 'test/support/journal/bridge-process.ts';
