import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { createPushAgent } from '../src/delivery/push/push-agent.ts';

test('does not connect to a name that resolves to this machine', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/x`;
  const [guarded, open] = [createPushAgent({ allowLocal: false }), createPushAgent({ allowLocal: true })];
  await expect(request(url, { dispatcher: guarded })).rejects.toMatchObject({ name: 'PrivateAddressError' });
  expect(asked).toBe(0);
  await (await request(url, { dispatcher: open })).body.dump();
  expect(asked).toBe(1);
  await Promise.all([guarded.close(), open.close()]);
  server.close();
});
