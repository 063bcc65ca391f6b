import type { z } from 'zod';
import type { Config } from '../config';
import type { Log } from '../contracts';
import type { RunningRole } from './role';

/** What a process of the local stack gets when it starts. */
export interface DevRoleContext<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly settings: z.infer<z.ZodObject<Shape>>;
  readonly config: Config;
  readonly log: Log;
  /** Listens. An error of the address names the setting to change. */
  readonly listen: <Result>(
    setting: string,
    address: { readonly host: string; readonly port: number },
    open: (address: { readonly host: string; readonly port: number }) => Promise<Result>,
  ) => Promise<Result>;
}

/** A process that only the local stack runs, such as a sandbox of the providers. It gets the settings of all providers. */
export interface DevRole<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly settings: z.ZodObject<Shape>;
  /**
   * Name of the setting with the port on which it listens. A port that another program uses is reported before anything is
   * started.
   */
  readonly port?: string;
  // A method, so that a role with its own settings is assignable to `DevRole`.
  run(context: DevRoleContext<Shape>): Promise<RunningRole>;
}

/**
 * Declares a process of the local stack, its context typed by its settings.
 *
 * @example
 * export const sandbox = defineDevRole({
 *   settings: z.object({ PAGER_PORT: z.coerce.number().default(8091) }),
 *   port: 'PAGER_PORT',
 *   run: async ({ settings, log }) => {
 *     log.info({ port: settings.PAGER_PORT }, 'the sandbox listens');
 *     return { checks: {}, stop: () => Promise.resolve() };
 *   },
 * });
 */
export function defineDevRole<Shape extends z.ZodRawShape>(role: DevRole<Shape>): DevRole<Shape> {
  return Object.freeze(role);
}
