import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, it } from 'vitest';
import { startStubGateway } from './stub/gateway.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

let redis: OwnRedis;
beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(() => redis?.close());

const HEAD = 'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';

/** States in which clients may leave a connection. */
it.each([
  ['says nothing', ''],
  ['is in the middle of its head', HEAD],
  ['is in the middle of its body', `${HEAD}content-length: 100\r\n\r\n{"query":`],
  ['was answered, and says nothing more', 'GET /nothing HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['was answered, and is in the middle of the next head', `GET /nothing HTTP/1.1\r\nhost: a\r\n\r\n${HEAD}`],
])('a gateway ends though a client %s', async (_what, sent) => {
  const gateway = await startStubGateway({ redis: redis.handle });
  const socket = await open(gateway.url, sent);
  const closed = once(socket, 'close');
  await gateway.close();
  await closed;
});

async function open(url: string, sent: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // The connection may be reset.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (sent !== '') socket.write(sent);
  if (sent.startsWith('GET')) await once(socket, 'data');
  // This connection has been accepted once a later one is served.
  await fetch(`${url}/nothing`);
  socket.resume();
  return socket;
}
