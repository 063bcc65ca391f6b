import { oneLine } from '../../contracts';
import type { Operation } from '../../dead-letters';
import type { Output } from '../options';
import type { CliContext } from '../context';

export function showOperation(
  { terminal }: CliContext,
  sequence: number,
  operation: Operation,
  { output }: Output,
): void {
  terminal.out(
    output === 'json'
      ? JSON.stringify({ sequence, operation: withoutBody(operation) })
      : oneLine(`dead letter ${sequence} is ${operation.kind} by ${operation.by}`),
  );
}

/** Leaves out the body, because `show` has the edited event in a readable form. */
export function withoutBody(operation: Operation): object {
  if (operation.kind !== 'edited') return operation;
  return { ...operation, body: undefined };
}
