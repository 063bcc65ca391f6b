import type { Rejection } from '../contracts';
import { DefectError, errorMessage, isDataError, RefusalError } from '../contracts';

/**
 * The rejection if a repeat does not help, because the handler refuses the event or its data cannot be handled;
 * otherwise `undefined`.
 */
export function finalRejection(error: unknown): Rejection | undefined {
  if (error instanceof RefusalError) {
    return { reason: 'refused-by-subscription', detail: `${error.type}: ${error.message}` };
  }
  if (error instanceof DefectError || isDataError(error)) {
    return { reason: 'failed-in-subscription', detail: errorMessage(error) };
  }
  return undefined;
}
