/** What a project declares: events, routes, workflows, domains, and the deployment of all of them. */
export {
  capability,
  compensationsOf,
  defineDomain,
  defineEvent,
  defineRoutes,
  defineSubscription,
  defineWebhook,
  DefectError,
  external,
  FAILURES,
  fromProvider,
  identityOf,
  internal,
  InvalidConfigError,
  InvalidContractError,
  isOneLine,
  isStorable,
  MAX_BATCH_SIZE,
  MAX_BATCH_WAIT_MS,
  newEvent,
  notification,
  personal,
  RefusalError,
  route,
  sealedOr,
  StepCompensatedError,
  storableText,
  timestamp,
  workflowIdOf,
} from './contracts';
export type {
  AnySubscription,
  BatchingRoute,
  BatchingRouteDefinition,
  BatcherDefinition,
  BatchPolicy,
  BatchSubscription,
  Capability,
  DeliveringRoute,
  Domain,
  DomainEvent,
  Endpoint,
  EndpointAnswer,
  EventContract,
  EventOf,
  Finding,
  Log,
  NewEvent,
  Notification,
  Origin,
  Personal,
  ProcessDefinition,
  Transition,
  Reconciliation,
  ReconciliationReport,
  RepairResult,
  Route,
  RouteDefinition,
  RoutesOf,
  Sealed,
  SettingsOf,
  SignedRequest,
  SubscribedEvent,
  Subscription,
  SubscriptionBatch,
  Unnamed as UnnamedRoute,
  Verification,
  VerifyWebhook,
  Webhook,
  WebhookCall,
  WebhookDefinition,
  WebhookReading,
  WorkflowDefinition,
} from './contracts';
export { milliseconds, secret } from './config';
export type { Config, Environment, ProviderSettings } from './config';
export type { DispatchHook, Dispatched, DispatchedRoute } from './bridge';
export type { Checks } from './gateway';
export { defineConfig, definePool } from './runtime/app';
export type { App, GatewayPlugin, Pool, PoolParts, Schedule, SeamParts, WorkersOptions } from './runtime/app';
export { defineDevRole } from './runtime/dev-role';
export type { DevRole, DevRoleContext } from './runtime/dev-role';
export type { AfterStart, Local } from './runtime/local';
export type { RunningRole } from './runtime/role';
export {
  adyenSignature,
  bodyHmac,
  githubSignature,
  headerHmac,
  standardWebhooks,
  stripeSignature,
} from './security';
export type { BodyHmac, HeaderHmac } from './security';
export type { PersonalData } from './security/personal';
export { subscribe } from './subscriptions/subscribe';
export type {
  BatchHandle,
  BatchHandler,
  BatchSubscribed,
  Handler,
  SingleSubscribed,
  SubscriptionHandler,
  StreamPosition,
  Projection,
  Rebuilding,
  StreamRange,
  Subscribed,
} from './subscriptions';
