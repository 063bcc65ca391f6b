/** Signing in with a token, and out. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SessionParts } from '../server/authentication';
import { ownPath, signIn } from '../server/authentication';
import type { Html } from '../views/html';
import { html } from '../views/html';
import { note } from '../views/parts';
import * as input from './input';
import { seeOther } from './page-parts';

/** A JSON Web Token with many claims; a header of HTTP has no more room either. */
const MAX_TOKEN = 8_192;

const asked = z.object({ to: input.optional(input.line) });
const given = asked.extend({ token: z.string().trim().min(1).max(MAX_TOKEN) });

export function signInPages(app: FastifyInstance, parts: SessionParts): void {
  app.get('/login', (request, reply) => {
    if (!parts.authenticate) return seeOther(reply, '/');
    return reply.page({ title: 'Sign in', body: form(ownPath(input.read(asked, request.query).to)) });
  });
  app.post('/login', async (request, reply) => {
    const { token, to } = input.read(given, request.body);
    const path = ownPath(to);
    if (await signIn(reply, token, parts)) return seeOther(reply, path);
    return reply.code(401).page({
      title: 'Sign in',
      body: [note('bad', 'This token is not valid.'), form(path)],
    });
  });
}

function form(to: string): Html {
  return html`<form class="card" method="post" action="/login">
    <p>
      An API key or a JSON Web Token with the scope <code>read</code> to look, or <code>operate</code> to
      decide.
    </p>
    <label
      >Token<br /><input name="token" type="password" autocomplete="off" maxlength="8192" required
    /></label>
    <input type="hidden" name="to" value="${to}" />
    <p><button>Sign in</button></p>
  </form>`;
}
