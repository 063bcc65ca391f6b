/** Makes the modules of `src` that are loaded from now on call `__entered` with their file, at the entry of every function. */
export function instrumentModules(): void;
/** The file as it is shown, `src/bridge/bridge.ts`; `undefined` outside of `src`. */
export function sourceOf(file: string | undefined): string | undefined;
