import type { Server } from 'node:http';
import { createServer } from 'node:http';

/** Far more than Node's 16 KiB. */
const HEADER_BYTES = 1024 * 1024;

/**
 * An HTTP server as a careless one is: it waits for ever, takes huge headers and ambiguous lengths, tidies paths up, obeys
 * headers that say which path or method is meant, and hands everything on.
 */
export function carelessFront(gatewayPort: number): Server {
  const server = createServer(
    {
      insecureHTTPParser: true,
      maxHeaderSize: HEADER_BYTES,
      requestTimeout: 0,
      headersTimeout: 0,
    },
    (request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const { headers } = request;
          const asked = String(headers['x-original-url'] ?? request.url);
          const path = tidy(asked);
          const method = String(headers['x-http-method-override'] ?? request.method);
          fetch(`http://127.0.0.1:${gatewayPort}${path}`, {
            method,
            headers: { 'content-type': headers['content-type'] ?? '' },
            body: Buffer.concat(chunks),
          }).then(
            async (answer) => response.writeHead(answer.status).end(await answer.text()),
            () => response.writeHead(502).end(),
          );
        });
    },
  );
  return server;
}

function tidy(asked: string): string {
  const { pathname } = new URL(asked.replace(/^\/+/, '/').replaceAll(/%2f/gi, '/'), 'http://front');
  return decodeURIComponent(pathname)
    .toLowerCase()
    .replace(/[;\0].*$/, '');
}
