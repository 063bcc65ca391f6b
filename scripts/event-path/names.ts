/** Names that the traced project's parts share. Plain constants: the workflow imports this file. */
export const ASKED = 'path.sagaline.questions.asked.v1';
export const ANSWERED = 'path.sagaline.questions.answered.v1';
export const QUEUE = 'questions';
