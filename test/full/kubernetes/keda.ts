import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiServer } from './api-server';
import { kedaFiles } from './programs';

const KINDS_OF_KEDA = 'keda.sh_';

/** Gives KEDA's kinds to a server, and makes the namespace of the overlays: a dry run does not make it for the next object. */
export async function defineKeda({ kubectl }: ApiServer): Promise<void> {
  const { definitions } = await kedaFiles();
  for (const file of readdirSync(definitions).filter((name) => name.startsWith(KINDS_OF_KEDA))) {
    const text = readFileSync(path.join(definitions, file), 'utf8');
    const { ok, said } = await kubectl(['apply', '--server-side', '-f', '-'], text);
    if (!ok) throw new Error(`${file}: ${said}`);
  }
  const kinds = ['scaledobjects.keda.sh', 'triggerauthentications.keda.sh'].map((name) => `crd/${name}`);
  const established = await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...kinds]);
  if (!established.ok) throw new Error(established.said);
  const namespace = await kubectl(['create', 'namespace', 'sagaline']);
  if (!namespace.ok) throw new Error(namespace.said);
}
