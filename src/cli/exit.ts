import { OperatorError } from '../operator/error';

/** Exit codes, the same for every verb; the help names them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** `events publish --wait`: the process ended in another state than the expected one. */
  endedOtherwise: 3,
  workflowFailed: 4,
  deadLetter: 5,
  stillOpen: 6,
  /** `reconcile`: there are findings that were not repaired. `audit verify`: the records are not as they were written. */
  findings: 7,
} as const;

export const EXIT_HELP = `
Exit codes: ${EXIT.ok} done; ${EXIT.failed} it failed or was refused, and nothing was changed; ${EXIT.usage} the command line or the configuration is wrong.
"events publish --wait" also: ${EXIT.endedOtherwise} the process ended in another state than the one expected; ${EXIT.workflowFailed} its workflow failed;
${EXIT.deadLetter} the event became a dead letter; ${EXIT.stillOpen} it was still open when the time was up.
"sagas decide": ${EXIT.stillOpen} the decision is recorded, and nobody has answered, or it needs a second person. "reconcile": ${EXIT.findings}
something does not add up, and was not repaired. "audit verify": ${EXIT.findings} a record was changed or is missing.

With "-o json" one JSON value goes to standard output ("events tail": one on each line), and an error, as
{"error":{"code","message",...}}, to standard error. docs/cli.md has the fields.

Where Sagaline runs is said by the environment (NATS_URL, TEMPORAL_ADDRESS, DATABASE_URL, ...); without it, it is what
"npm start" starts on this machine.`;

/** Hint for a correlation key that looks like an option. */
export const KEY_HINT = 'a key that begins with "-" comes behind `--`: sagaline trace -- -a';

/** Ends the command with a message for people and a code for programs. */
export class CliError extends OperatorError {
  override readonly name = 'CliError';
  constructor(
    code: string,
    message: string,
    readonly exitCode: number = EXIT.failed,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, message, exitCode === EXIT.stillOpen ? 'unknown' : 'refused', details);
  }
}
