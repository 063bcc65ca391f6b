import { randomBytes } from 'node:crypto';

/** A person's sessions end after this time, whatever they do: an operator's day. */
const SESSION_MS = 12 * 60 * 60_000;
/** A session that is not used ends earlier. */
const IDLE_MS = 60 * 60_000;
/** Sessions in memory; above that the oldest one ends. */
const MOST_SESSIONS = 5_000;
const ID_BYTES = 32;

export interface Session {
  readonly id: string;
  /** What each form of this session must send. */
  readonly csrf: string;
  /** Verified at each request, so that a token that is revoked ends its sessions; `undefined` on an open console. */
  readonly token: string | undefined;
}

interface Kept extends Session {
  readonly endsAt: number;
  usedAt: number;
}

/** The sessions of this process. They are in memory: a restart ends them all. */
export interface Sessions {
  create(token: string | undefined): Session;
  /**
   * The session, if it has not ended.
   *
   * @param isUse false for a request that no person has made: it does not keep the session
   */
  find(id: string, isUse: boolean): Session | undefined;
  end(id: string): void;
}

export function createSessions(now: () => number): Sessions {
  // A map keeps the order in which its entries were made: the oldest one is the first.
  const sessions = new Map<string, Kept>();
  return {
    create: (token) => {
      const [oldest] = sessions.size >= MOST_SESSIONS ? sessions.keys() : [];
      if (oldest !== undefined) sessions.delete(oldest);
      const [id, csrf] = [randomText(), randomText()];
      sessions.set(id, { id, csrf, token, endsAt: now() + SESSION_MS, usedAt: now() });
      return { id, csrf, token };
    },
    find: (id, isUse) => {
      const session = sessions.get(id);
      if (!session) return undefined;
      if (now() >= session.endsAt || now() >= session.usedAt + IDLE_MS) {
        sessions.delete(id);
        return undefined;
      }
      if (isUse) session.usedAt = now();
      return session;
    },
    end: (id) => void sessions.delete(id),
  };
}

function randomText(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}
