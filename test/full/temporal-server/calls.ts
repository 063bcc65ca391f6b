// What a role may try: a call of each kind, and what became of it.
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import {
  PERMISSION_DENIED,
  statusCode,
  UNAUTHENTICATED,
} from '../../../src/adapters/temporal/connection/status';

/** The step of Temporal's authorizer that a call needs. */
export type Right = 'read' | 'write' | 'admin';

export interface Call {
  readonly name: string;
  readonly needs: Right;
  readonly make: (client: Client) => Promise<unknown>;
}

const { INDEXED_VALUE_TYPE_KEYWORD } = temporal.api.enums.v1.IndexedValueType;
const TASK_QUEUE = 'nobody-polls';
/** A poll that is allowed waits for a task, and there is none. */
const POLL_MS = 1_500;

let made = 0;
const newId = () => `call-${++made}`;

/** Ids do not exist where a call allows it: an allowed call then ends as "not found", a refused one before that. */
export const CALLS: readonly Call[] = [
  {
    name: 'describe the namespace',
    needs: 'read',
    make: ({ workflowService, options: { namespace } }) => workflowService.describeNamespace({ namespace }),
  },
  {
    name: 'list workflows',
    needs: 'read',
    make: ({ workflowService, options: { namespace } }) =>
      workflowService.listWorkflowExecutions({ namespace }),
  },
  {
    name: 'read a history',
    needs: 'read',
    make: ({ workflowService, options: { namespace } }) =>
      workflowService.getWorkflowExecutionHistory({ namespace, execution: { workflowId: newId() } }),
  },
  {
    name: 'start a workflow',
    needs: 'write',
    make: (client) => client.workflow.start('anything', { taskQueue: TASK_QUEUE, workflowId: newId() }),
  },
  {
    name: 'signal a workflow',
    needs: 'write',
    make: (client) => client.workflow.getHandle(newId()).signal('anything'),
  },
  {
    name: 'terminate a workflow',
    needs: 'write',
    make: (client) => client.workflow.getHandle(newId()).terminate(),
  },
  {
    name: 'poll a task queue',
    needs: 'write',
    make: (client) =>
      client.withDeadline(Date.now() + POLL_MS, () =>
        client.workflowService.pollWorkflowTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: TASK_QUEUE + newId() },
          identity: 'tester',
        }),
      ),
  },
  {
    name: 'make a search attribute',
    needs: 'admin',
    make: ({ connection, options: { namespace } }) =>
      connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: { [`Made${newId().replace('-', '')}`]: INDEXED_VALUE_TYPE_KEYWORD },
      }),
  },
  {
    name: 'change the namespace',
    needs: 'admin',
    make: ({ workflowService, options: { namespace } }) =>
      workflowService.updateNamespace({ namespace, updateInfo: { description: newId() } }),
  },
];

/** What belongs to the cluster, or to another namespace: nobody may do it. */
export const FOREIGN: readonly Omit<Call, 'needs'>[] = [
  { name: 'list all namespaces', make: ({ workflowService }) => workflowService.listNamespaces({}) },
  {
    name: 'list workflows of the server itself',
    make: ({ workflowService }) => workflowService.listWorkflowExecutions({ namespace: 'temporal-system' }),
  },
  {
    name: 'make another namespace',
    make: ({ workflowService }) =>
      workflowService.registerNamespace({
        namespace: newId(),
        workflowExecutionRetentionPeriod: msToTs('1 day'),
      }),
  },
];

/** Whether the authorizer lets the call through; what becomes of it after that does not matter. */
export async function isAllowed(make: Call['make'], client: Client): Promise<boolean> {
  try {
    await make(client);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    const code = statusCode(error);
    if (code === undefined) throw error;
    return code !== PERMISSION_DENIED && code !== UNAUTHENTICATED;
  }
}
