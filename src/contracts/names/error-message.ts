/** The text of a thrown value: the message of an error, or any other value as text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
