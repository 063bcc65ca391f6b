/** Names of roles on the command line: `payments` for `worker:payments`, `bridges` for `bridge`. */

/** Of these, as of the workers, any number shares the work. A gateway and a console each have a port that settings choose. */
const SHARING = ['bridge', 'subscriber', 'relay'];

/** A larger number of processes of one role, on one machine, is a typing error. */
export const MOST_PROCESSES = 20;

export function isScalable(role: string): boolean {
  return SHARING.includes(role) || role.startsWith('worker:');
}

export function nameOf(role: string): string {
  return SHARING.includes(role) ? `${role}s` : role.replace(/^worker:/, '');
}

/** The role of a name. A pool with the name of another role is reached as `worker:bridges`. */
export function roleNamed(name: string): string {
  const role = SHARING.find((each) => nameOf(each) === name);
  return role ?? (name.startsWith('worker:') ? name : `worker:${name}`);
}
