/** What a user's jest tests need: recorded histories replayed, an environment, the fault matrix of a saga. */
export { replay, replayHistory, verdictInWords } from './replay';
export type { RecordedHistory, ReplayVerdict } from './replay';
