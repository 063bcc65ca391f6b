import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'sagaline-console';
const VALUE = new RegExp(`(?:^|;\\s*)${NAME}=([\\w-]{1,100})(?:;|$)`);

/** The id of the session that a request names. */
export function sessionIdIn({ headers }: FastifyRequest): string | undefined {
  return VALUE.exec(headers.cookie ?? '')?.[1];
}

/**
 * Gives the browser its session. No script reads the cookie, and no other site's request has it. It lasts as long as the
 * browser; the session itself ends on the server.
 *
 * @param secure only over TLS, and on loopback
 */
export function giveCookie(reply: FastifyReply, id: string, { secure }: { readonly secure: boolean }): void {
  void reply.header(
    'set-cookie',
    `${NAME}=${id}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`,
  );
}

export function takeCookie(reply: FastifyReply): void {
  void reply.header('set-cookie', `${NAME}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`);
}
