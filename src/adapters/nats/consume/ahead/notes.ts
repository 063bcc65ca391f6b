import type { NatsConnection } from 'nats';
import { ownSubject } from '../../connection/api';
import type { EventAt } from './settled-ahead';

/**
 * What a process tells the others of its group: that it works ahead in a partition, and which event it has settled there.
 * A lost note costs a repeat, which workflows drop.
 */
export interface Note {
  readonly by: string;
  readonly partition: number;
  readonly settled?: EventAt;
}

export interface Notes {
  /** Fire and forget. */
  send(note: Note): void;
  close(): void;
}

const TEXT = new TextDecoder();

/** @param received gets the notes of the others, and one's own */
export function openNotes(connection: NatsConnection, group: string, received: (note: Note) => void): Notes {
  const subject = ownSubject(connection, `ahead.${group}`);
  const subscription = connection.subscribe(subject, {
    callback: (error, message) => {
      const note = error ? undefined : parse(TEXT.decode(message.data));
      if (note) received(note);
    },
  });
  return {
    send: ({ by, partition, settled }) => {
      if (connection.isClosed()) return;
      const event = settled && [settled.sequence, settled.storedAt.getTime()];
      connection.publish(subject, JSON.stringify([by, partition, event]));
    },
    close: () => subscription.unsubscribe(),
  };
}

function parse(text: string): Note | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [by, partition, event] = (Array.isArray(parsed) ? parsed : []) as unknown[];
  if (typeof by !== 'string' || typeof partition !== 'number') return undefined;
  const [sequence, time] = (Array.isArray(event) ? event : []) as unknown[];
  if (typeof sequence !== 'number' || typeof time !== 'number') return { by, partition };
  return { by, partition, settled: { sequence, storedAt: new Date(time) } };
}
