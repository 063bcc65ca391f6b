/** What a user's jest tests need: recorded histories replayed, an environment, the fault matrix of a saga. */
export { listeningRuntime, quietRuntime, startSkippingServer } from './environment';
export type { HappyPath, Invariants, Outcome, Told } from './matrix/happy-path';
export { told } from './matrix/happy-path';
export type { MatrixOptions } from './matrix/matrix';
export { FaultMatrixError, faultMatrix, sagaFaultMatrix } from './matrix/matrix';
export type { CellResult, MatrixReport } from './matrix/report';
export { matrixInWords } from './matrix/report';
export { statesIn } from './matrix/shown';
export { replay, replayHistory, verdictInWords } from './replay';
export type { RecordedHistory, ReplayVerdict } from './replay';
