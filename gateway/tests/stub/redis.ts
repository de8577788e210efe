import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceHandle, servicePathsOf, startServices } from '@tintype/local';
import { connectRedis, type RedisHandle } from '@tintype/redis';
import { createLog } from '@tintype/telemetry';

/** A Redis server for one test file, which may stop and start it. */
export type OwnRedis = { handle: RedisHandle; server: ServiceHandle; close(): Promise<void> };

export async function startOwnRedis(): Promise<OwnRedis> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tintype-gateway-'));
  // Without the environment, which may contain the address of a shared Redis.
  const services = await startServices({ needs: ['redis'], dataDirectory, env: {}, report: () => undefined });
  const log = createLog({ name: 'test', level: 'silent' });
  const handle = await connectRedis({ url: services.env.REDIS_URL!, log });
  return {
    handle,
    server: services.handles.redis!,
    async close() {
      await handle.close();
      await services.stop();
      await rm(dataDirectory, { recursive: true, force: true });
      await rm(servicePathsOf(dataDirectory).run, { recursive: true, force: true });
    },
  };
}
