import type { History, HistoryEvent } from './recorded-command';
import { localActivityIn, recordedCommand } from './recorded-command';

/** The first place at which a replay differs from its history. */
export interface Difference {
  /** Id of the event in the history; `undefined` when the core does not say which event it was. */
  readonly eventId: string | undefined;
  /** The command in the history. */
  readonly expected: string;
  /** The command that the present code makes instead. */
  readonly got: string;
  /** The message of the SDK's core. */
  readonly detail: string;
}

const NOTHING = 'no command';
/** The core names the state machine that did not accept the event; the machine belongs to the command that the code has made. */
const MACHINES: Readonly<Record<string, string>> = {
  Activity: 'an activity',
  Timer: 'a timer',
  'Local activity': 'a local activity',
  'Child workflow': 'a child workflow',
  'Complete workflow': 'the end: completed',
  'Fail workflow': 'the end: failed',
  'Cancel workflow': 'the end: cancelled',
  'Continue as new workflow': 'the next run (continue-as-new)',
  UpsertWorkflowSearchAttributes: 'search attributes',
};

const UNREADY =
  /^(?:(\w[\w ]*?) ?[mM]achine (?:does not|cannot) handle|No command scheduled for event)\D*HistoryEvent\(id: (\d+)/;
const ABSENT = /^Missing associated machine for LocalActivity\((\d+)\)/;
const RENAMED = /type of scheduled event '([^']*)' does not match .* command '([^']*)'/;

/**
 * Reads the message of the SDK's core, which is text only (sdk-core, `WFMachinesError::Nondeterminism`). An unknown text gives a
 * difference with its detail only.
 */
export function differenceIn(message: string, { events }: History): Difference {
  const detail = detailIn(message);
  const by = (found: HistoryEvent | undefined, got: string, expected?: string): Difference => ({
    eventId: found && String(found.eventId),
    expected: expected ?? (found && commandOf(found)) ?? 'what the history has',
    got,
    detail,
  });

  const unready = UNREADY.exec(detail);
  if (unready) {
    const machine = unready[1];
    const got = machine === undefined ? NOTHING : (MACHINES[machine] ?? machine.toLowerCase());
    return by(
      events?.find(({ eventId }) => String(eventId) === unready[2]),
      got,
    );
  }

  const local = ABSENT.exec(detail);
  if (local) {
    const found = events?.find((event) => localActivityIn(event)?.seq === Number(local[1]));
    return by(found, 'another command, or none');
  }

  const renamed = RENAMED.exec(detail);
  if (renamed) {
    const [, expected = '', got = ''] = renamed;
    const found = events?.find((event) => scheduledType(event) === expected);
    return by(found, `activity ${got}`, `activity ${expected}`);
  }
  return by(undefined, 'another command');
}

/** The core's own sentence, without the text that the SDK wraps around it. */
function detailIn(message: string): string {
  const text = /Nondeterminism error: ((?:[^"\\]|\\.)*)/.exec(message)?.[1] ?? message;
  return text.replaceAll('\\"', '"');
}

function commandOf(event: HistoryEvent): string {
  return recordedCommand(event) ?? 'an event that no command makes';
}

function scheduledType(event: HistoryEvent): string | null | undefined {
  return event.activityTaskScheduledEventAttributes?.activityType?.name ?? localActivityIn(event)?.name;
}
