import type { DomainEvent } from '../model/event';

/** Whether the event has expired, so that it must not be applied. (A file of its own, because workflows load it.) */
export function isExpired({ expiryTime }: Pick<DomainEvent, 'expiryTime'>, now: number): boolean {
  return expiryTime !== undefined && Date.parse(expiryTime) <= now;
}
