import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A line of a key file, with a new key. */
export function keyLine(id: string): string {
  return `${id}:${randomBytes(32).toString('base64')}`;
}

const folders: string[] = [];
afterAll(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Writes a file of its own folder, such as one of keys or tokens. Returns its path. */
export function secretFile(...lines: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sagaline-secret-'));
  folders.push(folder);
  const file = path.join(folder, 'secret');
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

/** The settings of processes that encrypt with a key of their own, and refuse payloads in clear. */
export function payloadSecrets() {
  return { PAYLOAD_KEYS_FILE: secretFile(keyLine('2026-11')), PAYLOAD_ENCRYPTION: 'require' };
}
