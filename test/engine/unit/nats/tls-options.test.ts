// Which addresses of NATS ask for TLS: without these options the client goes on in plain text.
import { tlsOptions } from '../../../../src/adapters/nats/connection/tls';

test.each(['tls://nats.example.com:4222', 'TLS://nats.example.com:4222', ' tls://nats.example.com:4222'])(
  '"%s" asks for TLS',
  (server) => {
    expect(tlsOptions([server])).toBeDefined();
    expect(tlsOptions(['nats://other.example.com:4222', server])).toBeDefined();
  },
);

test.each(['nats://nats.example.com:4222', 'nats.example.com:4222', 'tls.example.com:4222'])(
  '"%s" does not',
  (server) => {
    expect(tlsOptions([server])).toBeUndefined();
    expect(tlsOptions([server], { caFile: '/ca.pem' })).toBeDefined();
  },
);
