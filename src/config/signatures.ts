import { z } from 'zod';
import type { Environment } from './environment';

const file = z.string().min(1).optional();

/** Settings of signed events: docs/signed-events.md. */
export const signatureSettings = {
  /**
   * `off`: nothing is signed or checked. `report` counts and logs events without a valid signature, `require` refuses
   * them. Default: `require` in production, otherwise `off`
   */
  EVENT_SIGNATURES: z.enum(['off', 'report', 'require']).optional(),
  /** The public keys of those who may sign. It is read again when it changes. */
  EVENT_SIGNING_KEYS_FILE: file,
  /** The private key of this process, which signs what it publishes. It is read again when it changes. */
  EVENT_SIGNING_KEY_FILE: file,
  /** The name of the deployment, which is in every signature: an event that is signed for another one is refused. */
  EVENT_SIGNATURE_AUDIENCE: z.string().min(1).max(100).optional(),
};

/** How this process signs events, and checks their signatures. */
export interface EventSignatures {
  readonly mode: 'off' | 'report' | 'require';
  readonly audience: string;
  readonly keysFile?: string | undefined;
  readonly signingKeyFile?: string | undefined;
}

/** What a process does with signatures: the gateway does both. */
export interface SignatureNeeds {
  readonly signs?: boolean;
  readonly verifies?: boolean;
}

type Given = z.infer<z.ZodObject<typeof signatureSettings>> & Pick<Environment, 'NODE_ENV'>;

export function readEventSignatures(
  {
    NODE_ENV,
    EVENT_SIGNATURES,
    EVENT_SIGNING_KEYS_FILE: keysFile,
    EVENT_SIGNING_KEY_FILE: signingKeyFile,
    EVENT_SIGNATURE_AUDIENCE: audience,
  }: Given,
  { signs = false, verifies = false }: SignatureNeeds,
  problems: string[],
): EventSignatures {
  const mode = EVENT_SIGNATURES ?? (NODE_ENV === 'production' && (signs || verifies) ? 'require' : 'off');
  const why = `EVENT_SIGNATURES is ${mode}${EVENT_SIGNATURES === undefined ? ' by default in production' : ''}`;
  if (verifies && mode !== 'off' && keysFile === undefined)
    problems.push(`EVENT_SIGNING_KEYS_FILE is missing: ${why}, which needs the public keys`);
  if (signs && mode === 'require' && signingKeyFile === undefined)
    problems.push(`EVENT_SIGNING_KEY_FILE is missing: ${why}, so that what is not signed would be refused`);
  if (audience === undefined && mode !== 'off' && (signs || verifies || signingKeyFile !== undefined))
    problems.push('EVENT_SIGNATURE_AUDIENCE is missing: signatures name the deployment that they are for');
  return { mode, audience: audience ?? '', keysFile, signingKeyFile };
}
