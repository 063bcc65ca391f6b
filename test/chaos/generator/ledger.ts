import type { ProviderDeed } from './back-office';

/** What the generator writes down: everything that it was told is in the stream. */
export interface Acknowledged {
  readonly via: 'http' | 'nats';
  /** Of an event; what is hostile has none that could be relied upon. */
  readonly event?: { readonly source: string; readonly id: string };
  readonly subject: string;
  /** In the stream, where the acknowledgement says it. */
  readonly sequence?: number;
}

export interface Ledger {
  readonly acknowledged: readonly Acknowledged[];
  /** What was never acknowledged, and why: nothing was promised of it. */
  readonly unacknowledged: readonly string[];
  /** Identities of events that were published under a source that may not publish them. */
  readonly forged: readonly string[];
  /** What the payment provider has done on its own, beside what its tokens make it do. */
  readonly deeds: readonly ProviderDeed[];
}
