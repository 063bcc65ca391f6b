/** The smallest workflow. */
export function greeting(): Promise<string> {
  return Promise.resolve('hello');
}
