/** What is used of it; it has no types of its own. */
declare module 'istanbul-lib-instrument' {
  export function createInstrumenter(options: { readonly compact: boolean; readonly esModules: boolean }): {
    instrumentSync(code: string, file: string): string;
  };
}
