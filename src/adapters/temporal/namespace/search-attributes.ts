import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../../contracts';
import { INVALID_ARGUMENT, PERMISSION_DENIED, statusCode, UNIMPLEMENTED } from '../connection/status';

const { INDEXED_VALUE_TYPE_KEYWORD } = temporal.api.enums.v1.IndexedValueType;

const NAMES = Object.values(SEARCH_ATTRIBUTES);

/** How often a server node reads the namespaces again: the default of `system.namespaceCacheRefreshInterval`. */
const NODES_REFRESH_MS = 2_000;
const LOOK_MS = 100;
/** Many times the refresh; after that something else is wrong. */
const READY_WITHIN_MS = 30_000;

/** Codes of a denied call: Temporal Cloud, and a cluster with an authorizer, may reserve the operator's calls. */
const DENIED: ReadonlySet<number> = new Set([PERMISSION_DENIED, UNIMPLEMENTED]);

/**
 * Thrown when search attributes are missing and Temporal does not let us create them. The message has the commands
 * that create them.
 */
export class SearchAttributesMissingError extends Error {
  override readonly name = 'SearchAttributesMissingError';
  constructor(
    readonly missing: readonly string[],
    readonly namespace: string,
    options: ErrorOptions,
  ) {
    const operator = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    const cloud = missing.map((name) => `--search-attribute "${name}=Keyword"`).join(' ');
    super(
      [
        `namespace ${namespace} has no search attribute ${missing.map((name) => `${name} (Keyword)`).join(', ')}, and Temporal does not let us create it. Create it with`,
        `  temporal operator search-attribute create --namespace ${namespace} ${operator}`,
        'or in Temporal Cloud with',
        `  tcld namespace search-attributes add --namespace ${namespace} ${cloud}`,
      ].join('\n'),
      options,
    );
  }
}

/**
 * Registers the search attributes of sagas that are missing, and resolves when workflows may be started with them.
 * Temporal refuses a start with an unknown attribute, so this runs at every start of the stack, and readiness checks
 * {@link searchAttributesAreReady}.
 *
 * @throws SearchAttributesMissingError when some are missing and Temporal does not let us create them
 */
export async function registerSearchAttributes(
  client: Client,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  const missing = await missingAttributes(client);
  if (missing.length > 0) await add(client, missing);
  if (await searchAttributesAreReady(client)) return;
  for (let waited = 0; !(await searchAttributesAreReady(client)); waited += LOOK_MS) {
    // An existing attribute of another type stays as it is; some servers do not report that.
    if (waited > READY_WITHIN_MS)
      throw new Error(`Temporal does not take ${NAMES.join(' and ')} as keywords`);
    await pause(LOOK_MS);
  }
  // The node that answers us was behind, so others may still be behind.
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
    const left = await missingAttributes(client);
    if (left.length === 0) return;
    throw isDenied(error)
      ? new SearchAttributesMissingError(left, client.options.namespace, { cause: error })
      : error;
  }
}

/** Names of the search attributes that the namespace does not have, or has with another type. */
export async function missingAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  try {
    const { customAttributes } = await operatorOf(client).listSearchAttributes({ namespace });
    // An attribute of another type counts as missing: adding it then fails, mostly with Temporal's own explanation.
    return NAMES.filter((name) => customAttributes[name] !== INDEXED_VALUE_TYPE_KEYWORD);
  } catch (error) {
    if (!isDenied(error)) throw error;
    // A query is refused for an unknown name. It needs no more permission than the start of a workflow.
    const known = await Promise.all(NAMES.map((name) => areKnown(client, [name])));
    return NAMES.filter((_, index) => !known[index]);
  }
}

function isDenied(error: unknown): boolean {
  return DENIED.has(statusCode(error) ?? -1);
}

/**
 * Whether a node of the server knows the attributes. The list comes from the database, but starts and queries are
 * checked against the node's memory, which may be older.
 */
async function areKnown(client: Client, names: readonly string[] = NAMES): Promise<boolean> {
  const { namespace } = client.options;
  const query = names.map((name) => `${name} = '-'`).join(' AND ');
  try {
    await client.workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (statusCode(error) === INVALID_ARGUMENT) return false;
    throw error;
  }
}

function operatorOf(client: Client) {
  return client.connection.operatorService;
}
