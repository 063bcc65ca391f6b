/** What a finding is about; also the order in which findings are shown. */
export const SUBJECTS = [
  ...(['node', 'configuration', 'servers', 'ports', 'disk', 'account', 'streams'] as const),
  ...(['search-attributes', 'migrations', 'pools', 'versions', 'clock', 'keys'] as const),
] as const;
export type Subject = (typeof SUBJECTS)[number];

interface About {
  readonly subject: Subject;
  /** What was found, in a sentence. */
  readonly what: string;
  /** The setting, file, stream or server that it is about. */
  readonly where: string;
}

/** One result of an examination. */
export type Finding =
  | ({ readonly level: 'ok' } & About)
  | ({
      /** A warning needs action some day, a problem needs it now. */
      readonly level: 'warning' | 'problem';
      /** Stable, for programs. */
      readonly code: string;
      /** What to do: a command where there is one. */
      readonly remedy: string;
    } & About);

type Trouble = Omit<Extract<Finding, { code: string }>, 'level' | 'subject'>;

/** Makes the findings of one subject. */
export function findingsOf(subject: Subject) {
  return {
    ok: (where: string, what: string): Finding => ({ subject, level: 'ok', where, what }),
    warning: (trouble: Trouble): Finding => ({ subject, level: 'warning', ...trouble }),
    problem: (trouble: Trouble): Finding => ({ subject, level: 'problem', ...trouble }),
  };
}
