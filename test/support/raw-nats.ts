import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Publishes as a careless client in another language may: the server checks neither header names nor subjects. Resolves
 * when the server has answered a ping, and thus has received the message.
 */
export async function sendRaw(
  url: string,
  message: { subject: string; header: string; body: string },
): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'data');
  const head = `NATS/1.0\r\n${message.header}\r\n\r\n`;
  const total = head.length + message.body.length;
  socket.write('CONNECT {"verbose":false,"headers":true}\r\n');
  socket.write(`HPUB ${message.subject} ${head.length} ${total}\r\n${head}${message.body}\r\nPING\r\n`);
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (answer.includes('PONG')) break;
  }
  socket.destroy();
}
