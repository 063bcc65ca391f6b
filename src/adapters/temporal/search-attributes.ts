import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../contracts';

const { INDEXED_VALUE_TYPE_KEYWORD } = temporal.api.enums.v1.IndexedValueType;

/**
 * Registers what every saga sets, where it is not registered yet. A start with an unknown attribute is refused, so this
 * runs before every start of the stack, and readiness asks {@link searchAttributesAreReady}.
 */
export async function registerSearchAttributes(client: Client): Promise<void> {
  const missing = await missingAttributes(client);
  if (missing.length === 0) return;
  try {
    await operatorOf(client).addSearchAttributes({
      namespace: client.options.namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD])),
    });
  } catch (error) {
    // Another process may have registered them since we asked.
    if (!(await searchAttributesAreReady(client))) throw error;
  }
}

export async function searchAttributesAreReady(client: Client): Promise<boolean> {
  return (await missingAttributes(client)).length === 0;
}

async function missingAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const { customAttributes } = await operatorOf(client).listSearchAttributes({ namespace });
  // One of another type counts as missing: adding it then fails with Temporal's own explanation.
  return Object.values(SEARCH_ATTRIBUTES).filter(
    (name) => customAttributes[name] !== INDEXED_VALUE_TYPE_KEYWORD,
  );
}

function operatorOf(client: Client) {
  return client.connection.operatorService;
}
