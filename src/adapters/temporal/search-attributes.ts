import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../contracts';
import { INVALID_ARGUMENT, statusCode } from './status';

const { INDEXED_VALUE_TYPE_KEYWORD } = temporal.api.enums.v1.IndexedValueType;

const NAMES = Object.values(SEARCH_ATTRIBUTES);

/** How often a server node reads the namespaces again: the default of `system.namespaceCacheRefreshInterval`. */
const NODES_REFRESH_MS = 2_000;
const LOOK_MS = 100;
/** Many times the refresh; after that something else is wrong. */
const READY_WITHIN_MS = 30_000;

/**
 * Registers what every saga sets, where it is not registered yet, and resolves when starts may use it. A start with an
 * unknown attribute is refused, so this runs before every start of the stack, and readiness asks
 * {@link searchAttributesAreReady}.
 */
export async function registerSearchAttributes(
  client: Client,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  const missing = await missingAttributes(client);
  if (missing.length > 0) await add(client, missing);
  if (await searchAttributesAreReady(client)) return;
  for (let waited = 0; !(await searchAttributesAreReady(client)); waited += LOOK_MS) {
    // An attribute of that name and another type is left as it is, on some servers without a word.
    if (waited > READY_WITHIN_MS)
      throw new Error(`Temporal does not take ${NAMES.join(' and ')} as keywords`);
    await pause(LOOK_MS);
  }
  // The node that answers us was behind, so others may still be.
  await pause(NODES_REFRESH_MS);
}

export async function searchAttributesAreReady(client: Client): Promise<boolean> {
  return (await missingAttributes(client)).length === 0 && (await areKnown(client));
}

async function add(client: Client, missing: readonly string[]): Promise<void> {
  try {
    await operatorOf(client).addSearchAttributes({
      namespace: client.options.namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD])),
    });
  } catch (error) {
    // Another process may have registered them since we asked.
    if ((await missingAttributes(client)).length > 0) throw error;
  }
}

async function missingAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const { customAttributes } = await operatorOf(client).listSearchAttributes({ namespace });
  // One of another type counts as missing: adding it then fails, mostly with Temporal's own explanation.
  return NAMES.filter((name) => customAttributes[name] !== INDEXED_VALUE_TYPE_KEYWORD);
}

const QUERY = NAMES.map((name) => `${name} = '-'`).join(' AND ');

/** The list is read from the database, starts and queries are checked against the node's memory, which may be older. */
async function areKnown(client: Client): Promise<boolean> {
  const { namespace } = client.options;
  try {
    await client.workflowService.countWorkflowExecutions({ namespace, query: QUERY });
    return true;
  } catch (error) {
    if (statusCode(error) === INVALID_ARGUMENT) return false;
    throw error;
  }
}

function operatorOf(client: Client) {
  return client.connection.operatorService;
}
