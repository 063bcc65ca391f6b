import type {
  Catalogue,
  CheckSignature,
  DomainEvent,
  PublishedMessage,
  Route,
  SignEvent,
  StreamReader,
} from '../contracts';

/** The dependencies of this module; the adapters implement these. */
export interface DeadLetterParts {
  readonly catalogue: Catalogue;
  readonly deadLetters: StreamReader;
  readonly operations: StreamReader;
  readonly append: AppendOperation;
  readonly republish: Republish;
  readonly forecast: (event: DomainEvent, route: Route) => Promise<Forecast>;
  readonly clock: () => Date;
  /** The operator's signature, for an event that he has edited. */
  readonly sign?: SignEvent | undefined;
  /** As consumers check events; without it, they refuse what a redrive has not refused. */
  readonly checkSignature?: CheckSignature | undefined;
}

/**
 * Appends to a subject of the operations stream.
 *
 * @param expectedLast sequence of the subject's last message, 0 if there is none
 * @returns false if another message is the last one by now; then nothing was appended
 */
export type AppendOperation = (subject: string, body: Uint8Array, expectedLast: number) => Promise<boolean>;

/**
 * Publishes a message, and resolves when the stream has confirmed it. `duplicate` is true if the stream has had this
 * message id before.
 */
export type Republish = (
  message: PublishedMessage,
  messageId: string,
) => Promise<{ readonly stream: string; readonly sequence: number; readonly duplicate: boolean }>;

/** What would become of an event on one route at this moment. */
export type Forecast =
  | 'delivered'
  /** The workflow has received this very event and has closed: it was applied, or the workflow has dead-lettered it. */
  | 'repeated'
  /** An occurrence of a process that recurs has received another event under the same identity. */
  | 'conflict'
  /** The workflow has closed without receiving it. */
  | 'late'
  /** The workflow never existed, and the event may not open it. */
  | 'unmatched';
