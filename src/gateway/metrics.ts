/** Endpoints of the domains are counted together. */
export type EndpointName = 'events' | 'webhooks' | 'request-reply';

/** What the gateway counts. */
export interface GatewayMetrics {
  accepted(endpoint: EndpointName, duplicate: boolean): void;
  refused(endpoint: EndpointName, reason: string): void;
  /** Fields of an event that its contract does not know, which were left out. */
  unknownFields(type: string, fields: readonly string[]): void;
}
