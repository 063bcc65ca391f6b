/**
 * The identity of an event in one string, as workflows remember it and as the stream's message ids are made of it. (A file of its
 * own, because workflows load it.)
 *
 * Some SDKs percent-encode attributes in binary mode and others do not, so the same event may come as `/caf%C3%A9` and as `/café`.
 * Both have one identity: escapes are read until there are none. A source has no space in it, so that no two events share one.
 *
 * @example
 * identityOf({ source: '/website', id: 'booking-1' });
 */
export function identityOf({ source, id }: { readonly source: string; readonly id: string }): string {
  return `${unescaped(source).replaceAll(' ', '%20')} ${unescaped(id)}`;
}

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** Each round makes the text shorter, so there is a last one. */
function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  const next = text.replace(ESCAPES, readOrKept);
  return next === text ? text : unescaped(next);
}

function readOrKept(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes;
  }
}

/** What a workflow remembers of an event: its identity and, where the bridge has said it, the hash of its content. */
export function memoryOf(identity: string, contentHash: string | undefined): string {
  return contentHash === undefined ? identity : `${identity}\n${contentHash}`;
}

export function readMemory(memory: string): [identity: string, contentHash: string | undefined] {
  const [identity = '', contentHash] = memory.split('\n');
  return [identity, contentHash];
}

/** An event that came without a hash, by an update for example, is not told from another one. */
export function isSameContent(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/**
 * The id under which Temporal has the process of a correlation key.
 *
 * @example
 * workflowIdOf(alert, 'dev-1'); // 'alert-dev-1'
 */
export function workflowIdOf(workflow: { readonly name: string }, key: string): string {
  return `${workflow.name}-${key}`;
}
