import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import type { Words } from '../contracts/names/markdown';
import { markdownOf } from '../contracts/names/markdown';
import { CORRELATION_ID, SAGA_STATE } from '../contracts/names/saga';

/**
 * Shows the state of the saga: `state` for lists and queries, `words` on the workflow's page.
 *
 * @param words plain text, or Markdown made with `markdown`: what is put into its template is shown as it is
 *
 * @example
 * showState('acknowledged', 'Ada has taken it.');
 */
export function showState(state: string, words: Words): void {
  upsertSearchAttributes([{ key: SAGA_STATE, value: state }]);
  setCurrentDetails(markdownOf(words));
}

/** The state that was shown last; empty if the workflow was opened without one. */
export function shownState(): string {
  return workflowInfo().typedSearchAttributes.get(SAGA_STATE) ?? '';
}

/**
 * Shows words only. The state stays as it was set when the workflow was opened, or last.
 *
 * @example
 * showDetails('Waiting for level 2 of the on-call.');
 */
export function showDetails(words: Words): void {
  setCurrentDetails(markdownOf(words));
}

/** The search attributes with which a process begins. */
export function searchAttributesOf(key: string, state: string): SearchAttributePair[] {
  return [
    { key: CORRELATION_ID, value: key },
    { key: SAGA_STATE, value: state },
  ];
}
