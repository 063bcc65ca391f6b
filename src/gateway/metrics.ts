/**
 * All endpoints of the domains are counted together, as `request-reply`; `connection` has what the HTTP parser refuses.
 */
export type EndpointName = 'events' | 'webhooks' | 'request-reply' | 'connection';

/** What the gateway counts. */
export interface GatewayMetrics {
  accepted(endpoint: EndpointName, duplicate: boolean): void;
  refused(endpoint: EndpointName, reason: string): void;
  /** Counts fields that the contract of an event does not define, and that were left out. */
  unknownFields(type: string, fields: readonly string[]): void;
}
