import { decodeHttp } from './decode-http';
import { decodeNats } from './decode-nats';
import { names } from './names';
import { payloads } from './payloads';
import type { Target } from './target';
import { texts } from './texts';
import { tokens } from './tokens';
import { webhookCalls } from './webhooks';

export const TARGETS: Readonly<Record<string, Target>> = {
  'decode-http': decodeHttp,
  'decode-nats': decodeNats,
  webhooks: webhookCalls,
  tokens,
  payloads,
  names,
  texts,
};
