import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OperatorError } from '../../operator';

/** Names of this machine. A page elsewhere that has its name resolve to 127.0.0.1 still sends its own name. */
const LOCAL_HOST = /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/;
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Headers that let the browser run only this console's own files, and checks of where a request comes from. */
export function harden(app: FastifyInstance, { isOpen }: { readonly isOpen: boolean }): void {
  const headers = app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // With `no-referrer`, browsers send `Origin: null` with a form.
    referrerPolicy: { policy: 'same-origin' },
  });
  // After helmet's own hook, so that a refusal has its headers, too.
  void headers.after(() => {
    app.addHook('onRequest', async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      if (isOpen && !LOCAL_HOST.test(request.headers.host ?? ''))
        throw new OperatorError(
          'forbidden-host',
          'an open console answers to the names of this machine only',
        );
      if (!SAFE_METHODS.includes(request.method) && !isFromThisSite(request))
        throw new OperatorError('forbidden-origin', 'the form was not sent from a page of this console');
      return Promise.resolve();
    });
  });
}

function isFromThisSite({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === host;
}
