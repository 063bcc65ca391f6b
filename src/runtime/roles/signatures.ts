import { signatureMetrics } from '../../adapters/prometheus';
import type { RoleContext } from '../role';
import { signaturesOf } from '../signatures';

/** The signatures of a role. @throws InvalidConfigError if a file of keys cannot be read */
export function roleSignatures({ config, registry, log }: Pick<RoleContext, 'config' | 'registry' | 'log'>) {
  const { NODE_ENV, eventSignatures } = config;
  if (NODE_ENV === 'production' && eventSignatures.mode === 'off')
    log.warn({}, 'signatures of events are not checked (EVENT_SIGNATURES=off)');
  return signaturesOf(config, { count: signatureMetrics(registry), log });
}
