import type { Client } from '@temporalio/client';
import type { Publish } from '../adapters/nats';
import type { Database } from '../adapters/postgres';
import type { WorkerPool } from '../adapters/temporal';
import type { Config } from '../config';
import type { Catalogue, StreamReader, WorkflowDefinition } from '../contracts';
import type { DeadLetterParts } from '../dead-letters';
import type { PersonalData } from '../security/personal';
import type { SwitchablePool } from '../switches';
import type { Auditing } from './audited';

/** What an operator's work needs: the servers, the project, and the record of what is done. */
export interface OperatorContext {
  /** Records what the operator does, before it is done. */
  readonly auditing: Auditing;
  readonly catalogue: Catalogue;
  readonly processes: readonly WorkflowDefinition[];
  config(): Pick<
    Config,
    | 'TEMPORAL_UI_URL'
    | 'TEMPORAL_NAMESPACE'
    | 'BULK_GRACE_SECONDS'
    | 'BULK_FOUR_EYES_ABOVE'
    | 'BULK_FOUR_EYES_ABOVE_VALUE'
  >;
  temporal(): Promise<Client>;
  database(): Database;
  events(): Promise<StreamReader>;
  deadLetters(): Promise<DeadLetterParts>;
  /** The pools and providers of the project, which can be paused. */
  switchable(): { readonly pools: readonly SwitchablePool[]; readonly providers: readonly string[] };
  /** Publishes events, signed with the operator's key where the deployment has one. */
  publisher(): Promise<Publish>;
  /** The worker pools of the deployment. */
  pools(): readonly WorkerPool[];
  /** Encrypts personal fields, as the gateway does, where the deployment has keys. */
  personal(): PersonalData;
}
