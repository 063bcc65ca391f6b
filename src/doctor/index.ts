/** `sagaline doctor`: examines a deployment, and says what to do. One file for each subject, in `checks`; `observe` asks the servers. */
export { examine } from './examine';
export type { Examination, ExamineOptions } from './examine';
export type { Finding } from './finding';
