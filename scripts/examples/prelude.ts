/** Declarations that the examples of the public functions use: a domain of alerts and its parts. None of them runs. */
import type { Client } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { z } from 'zod';
import type { DomainEvent, EventOf, Pool, ProcessDefinition, ProviderSettings } from 'sagaline';
import {
  capability,
  defineDomain,
  defineEvent,
  defineRoutes,
  defineSubscription,
  external,
  route,
} from 'sagaline';
import type { Database, Transaction } from 'sagaline/activities';
import type { HappyPath, Invariants, RecordedHistory, startSkippingServer } from 'sagaline/testing';
import type { Batch, CompensatableStep, Deadlines, Inbox, SagaScope } from 'sagaline/workflow';

export { z };
export type { EventOf };

const shape = { deviceId: z.string().min(1).max(64) };
const event = <const Type extends string>(type: Type) =>
  defineEvent({
    type,
    entity: 'alert',
    summary: 'An event of an alert.',
    origin: external('the monitoring'),
    schema: z.object(shape),
    key: ({ deviceId }) => deviceId,
    example: { deviceId: 'dev-1' },
  });
export const alertRaised = event('com.example.devices.alerts.raised.v1');
export const alertAcknowledged = event('com.example.devices.alerts.acknowledged.v1');
export const readingReported = event('com.example.devices.readings.reported.v1');

export const alert = {
  name: 'alert',
  taskQueue: 'devices',
  initialState: 'raised',
  summary: (deviceId) => `Alert of ${deviceId}`,
} as const satisfies ProcessDefinition;
export const routes = defineRoutes({ raised: route({ event: alertRaised, workflow: alert, opens: true }) });
export const deviceSettings = z.object({
  ALERT_LEVELS: z.coerce.number().default(3),
  API_TOKEN: z.string().default(''),
});
export type DeviceSettings = z.infer<typeof deviceSettings>;
export const devices = defineDomain({
  name: 'devices',
  settings: deviceSettings,
  events: [alertRaised, alertAcknowledged],
  workflows: [alert],
  routes,
  webhooks: [],
});
export const audit = defineSubscription({ name: 'audit', mode: 'shared', events: [alertRaised] });
export const counts = defineSubscription({
  ...{ name: 'counts', mode: 'shared', batch: { size: 500, withinMs: 250 } },
  events: [alertRaised],
});

export const alertResolved = event('com.example.devices.alerts.resolved.v1');
export type AlertEvent = EventOf<typeof alertRaised> | EventOf<typeof alertAcknowledged>;
export interface OncallActivities {
  openTicket(input: { readonly key: string; readonly deviceId: string }): Promise<string>;
  closeTicket(input: { readonly undoes: string }): Promise<void>;
}
export interface TicketActivities {
  openTicket(input: { readonly key: string; readonly deviceId: string }): Promise<string>;
  closeTicket(input: { readonly undoes: { readonly key: string } }): Promise<void>;
}
export const ticketing = capability<TicketActivities>()('ticketing', {
  openTicket: { summary: () => 'Open a ticket', undoneBy: 'closeTicket' },
  closeTicket: { summary: () => 'Close the ticket' },
});
export declare const deadlines: Deadlines;
/** The on-call service's own client. */
export interface Pager {
  ticketOf(key: string): Promise<{ readonly id: string } | undefined>;
  open(key: string, deviceId: string): Promise<{ readonly id: string }>;
  close(id: string): Promise<void>;
}

export declare const oncall: Pool;
export declare function createOncallActivities(pager: ProviderSettings, levels: number): OncallActivities;
export declare const database: Database;
export declare const tx: Transaction;
export declare const client: Client;
export declare const pager: Pager;
export declare const env: Awaited<ReturnType<typeof startSkippingServer>>;
export declare const options: { readonly taskQueue: string };
export declare const databaseUrl: string;
export declare const scenarios: Readonly<Record<string, unknown>>;
export declare const inbox: Inbox<AlertEvent>;
export declare const scope: SagaScope;
export declare const openTicket: CompensatableStep<string>;
export declare const batch: Batch<DomainEvent>;
export declare const happyPath: HappyPath<object>;
export declare const invariants: Invariants<object>;
export declare const bundle: WorkflowBundleOption;
export declare const history: RecordedHistory;
export declare function write(row: unknown): Promise<void>;
export declare function test(name: string, run: () => Promise<unknown>): void;
