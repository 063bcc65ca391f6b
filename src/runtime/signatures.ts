import type { Config } from '../config';
import type { CheckSignature, Log, SignEvent } from '../contracts';
import { openSignatureCheck, openSigner } from '../security/signatures';

const DAY_MS = 24 * 60 * 60_000;

/** How a process signs the events that it publishes, and checks those that it receives; each `undefined` if it does not. */
export interface Signatures {
  readonly sign?: SignEvent | undefined;
  readonly checkSignature?: CheckSignature | undefined;
}

export function signaturesOf(
  { eventSignatures, EFFECTS_RETENTION_DAYS }: Pick<Config, 'eventSignatures' | 'EFFECTS_RETENTION_DAYS'>,
  { count, log }: { readonly count: (outcome: string) => void; readonly log: Log },
): Signatures {
  const { mode, audience, keysFile, signingKeyFile } = eventSignatures;
  if (mode === 'off') return {};
  const parts = { audience, now: Date.now, log };
  return {
    sign: signingKeyFile === undefined ? undefined : openSigner(signingKeyFile, parts),
    checkSignature:
      keysFile === undefined
        ? undefined
        : openSignatureCheck(keysFile, {
            ...parts,
            mode,
            count,
            // While effects are on record, a repeated event has no second one.
            maxAgeMs: EFFECTS_RETENTION_DAYS * DAY_MS,
          }),
  };
}
