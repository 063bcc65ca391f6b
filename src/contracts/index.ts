/** Events, routes and domains, and their form on the wire. Pure; zod is the only dependency. */
export { capability, compensationsOf } from './model/capability';
export type { Capability } from './model/capability';
export { createCatalogue, webhookProviders } from './model/catalogue';
export type { Catalogue } from './model/catalogue';
export { readData } from './model/data';
export { domainShapeProblems } from './model/domain-shape';
export { defineDomain } from './model/domain';
export type { RoutesOf, SettingsOf, Domain } from './model/domain';
export type { Endpoint, EndpointAnswer } from './model/endpoint';
export { InvalidContractError, defineEvent } from './model/event';
export type { EventContract, DomainEvent, EventOf } from './model/event';
export {
  external,
  fromProvider,
  internal,
  isReserved,
  hasDotSegments,
  isSourceOf,
  originOf,
  originProblem,
  publisherProblem,
  providerSource,
  sourceFor,
  endpointSource,
  internalSource,
  WORKFLOW_DEAD_LETTERS,
} from './model/origin';
export type { Origin } from './model/origin';
export {
  personal,
  personalPaths,
  sealedForAnother,
  sealedOr,
  subjectTagText,
  valueAt,
  withValueAt,
} from './model/personal';
export { isSealed, sealedIn, sealedParts, sealedText } from './names/personal';
export type { Personal, Sealed } from './names/personal';
export { publishPermissions } from './model/publish-permissions';
export { RefusalError, DefectError, StepCompensatedError, isDataError } from './model/failures';
export { InvalidConfigError } from './model/invalid-config';
export type { Log } from './model/log';
export { memberAt } from './model/member';
export type { Finding, ReconciliationReport, RepairResult, Reconciliation } from './model/reconciliation';
export { MAX_BATCH_SIZE, MAX_BATCH_WAIT_MS, route, defineRoutes } from './model/route';
export type {
  ProcessDefinition,
  BatcherDefinition,
  WorkflowDefinition,
  BatchPolicy,
  Transition,
  DeliveringRoute,
  BatchingRoute,
  Route,
  Unnamed,
  RouteDefinition,
  BatchingRouteDefinition,
} from './model/route';
export { code, listOf, onlyPartsOf, partsOf, settingsShape, shapeProblems, text } from './model/shape';
export { defineSubscription, subscriptionRoute } from './model/subscription';
export type {
  AnySubscription,
  BatchSubscription,
  Subscription,
  SubscribedEvent,
  SubscriptionBatch,
} from './model/subscription';
export { statesOfWaiting, waitsForPerson } from './model/waits-for-person';
export { RepeatedEventIdError, defineWebhook, notification, newEvent } from './model/webhook';
export type {
  NewEvent,
  SignedRequest,
  Verification,
  VerifyWebhook,
  Webhook,
  WebhookCall,
  WebhookReading,
  WebhookDefinition,
  Notification,
} from './model/webhook';
export { causeIn } from './names/cause';
export { errorMessage } from './names/error-message';
export {
  identityOf,
  contentText,
  stableJson,
  memoryOf,
  readMemory,
  isSameContent,
  isExpired,
  logFieldsOf,
} from './names/event';
export {
  OCCURRENCE_MEMO,
  OCCURRENCE_REPEATED,
  occurrenceOf,
  processOf,
  correlationKeyOf,
  stepKeyOf,
  openingAfter,
} from './names/occurrence';
export type { LatestRun, Opening } from './names/occurrence';
export { MISSING_ACTIVITY, placementOf, placedMemo, placedIn } from './names/placement';
export type { Placement } from './names/placement';
export { REASONS, WORKFLOW_REASONS } from './names/reasons';
export type { Reason, Rejection } from './names/reasons';
export {
  SEARCH_ATTRIBUTES,
  SAGA_STATE,
  CORRELATION_ID,
  COMPENSATION_STUCK,
  STEP_STUCK,
  BATCHER_STATES,
  DECIDE,
  SETTINGS_ACTIVITY,
  STUCK,
  SUBMIT,
  ANSWER,
  REMEMBERED_EVENTS,
  DEAD_LETTERED_AT_ONCE,
  FAILURES,
  meaningIn,
} from './names/saga';
export type { Decision, Money, Stuck, SagaResult, FailureMeaning, FailureDetail } from './names/saga';
export {
  MAX_EVENT_TYPE_LENGTH,
  parseEventType,
  eventFamily,
  CORRELATION_KEY_RULE,
  isCorrelationKey,
  EVENT_SUBJECTS,
  DEAD_LETTER_SUBJECTS,
  OVERFLOW_SUBJECTS,
  OPERATION_SUBJECTS,
  LANES,
  PARTITIONS,
  subjectOf,
  subjectSpaceOf,
  originalSubject,
  storedIn,
  parseSubject,
  workflowIdOf,
} from './names/subject';
export { beginningTrace, readTrace, traceAfter, traceIdOf } from './names/trace';
export type { TraceContext } from './names/trace';
export { summaryOf, withoutEscapes } from './names/markdown';
export { isStorable, storableText, isOneLine, visible, oneLine } from './names/text';
export { splitBatch } from './wire/batch';
export { DEAD_LETTER_HEADERS, deadLetterSubject, deadLetterHeaders, headerText } from './wire/dead-letter';
export { MAX_EVENT_BYTES, decodeEvent, decodePublished } from './wire/decode';
export type { Decoding, PublishedMessage } from './wire/decode';
export { InvalidEventError, encodeEvent, encodeSealed, outgoing } from './wire/encode';
export type { OutgoingEvent, Seal } from './wire/encode';
export {
  STRUCTURED_CONTENT_TYPE,
  BATCH_CONTENT_TYPE,
  BINARY_HEADER_PREFIX,
  cloudEvent,
  isCloudEventAttribute,
} from './wire/envelope';
export { MAX_JSON_DEPTH, readJson } from './wire/json';
export { identityIn, logFieldsIn } from './wire/readable';
export { readEnvelope, mediaTypeOf, lowerCased } from './wire/read-envelope';
export type { IncomingMessage } from './wire/read-envelope';
export { redriveHeaders, routeAskedIn, redriveIn, fromHeaderText } from './wire/redrive';
export { SIGNATURE_HEADER, decodeSigned } from './wire/signature';
export type { CheckedSignature, CheckSignature, SignedMessage, SignEvent } from './wire/signature';
export type { StoredMessage, StreamReader } from './wire/stored';
export { readTimestamp, timestamp } from './wire/time';
