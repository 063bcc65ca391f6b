import type { Config, Environment } from '../../config';
import type { Catalogue } from '../../contracts';
import type { SecuredServers } from '../stack';
import type { WantedPort } from '../stack/ports';

/** What a part of a secured stack is made from. */
export interface SecureContext {
  /** The folder of the part. It exists, and its owner alone may read it. */
  readonly folder: string;
  /** The settings as they are without `--secure`: ports and addresses. */
  readonly config: Config;
  /** The settings that were given by name. */
  readonly given: Environment;
  readonly catalogue: Catalogue;
  /** The providers that the project calls, or whose webhooks it takes. */
  readonly providers: readonly string[];
}

export type Settings = Readonly<Record<string, string>>;

/** One control of a secured stack: what each process, the servers and the reader of the terminal need for it. */
export interface SecuredPart {
  /** Settings of all processes. */
  readonly settings?: Settings;
  /**
   * Settings of one process, which come after those of all.
   *
   * @param role of `sagaline run`, `provision`, or `operator` for the command line
   */
  readonly settingsOf?: (role: string) => Settings;
  readonly servers?: SecuredServers;
  /** Roles that run beside the usual ones, and the ports that they open. */
  readonly roles?: readonly string[];
  readonly ports?: readonly WantedPort[];
  /** Bearer tokens for the gateway, by name. */
  readonly tokens?: Settings;
  /** Commands to copy, and what they are for. */
  readonly lines?: readonly string[];
}

/** Makes what is missing in its folder, and uses what is there. */
export type MakePart = (context: SecureContext) => Promise<SecuredPart>;
