export const NOTED = 'test.sagaline.journals.noted.v1';
export const ASIDE = 'test.sagaline.journals.aside.v1';
export const CLOSED = 'test.sagaline.journals.closed.v1';
export const JOURNAL_QUEUE = 'journal';
