import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** PostgreSQL's own number of rounds (`scram_iterations`). The passwords are random: more would gain nothing. */
const ROUNDS = 4_096;
export const SALT_BYTES = 16;

/**
 * What PostgreSQL stores of a password (RFC 5803): with it the password itself is in no statement, and in no log.
 *
 * @param password of ASCII characters, which need no preparation (RFC 4013)
 */
export function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, ROUNDS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
