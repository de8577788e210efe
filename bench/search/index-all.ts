import { createHttpClient } from '@tintype/graphql';
import { createPostgresIndex, reindex } from '@tintype/search';
import { createLog } from '@tintype/telemetry';
import type { Fixture } from '#fixture/fixture.ts';

/**
 * Indexes all people and posts, read from the platform's subgraphs.
 *
 * @param subgraphUrls in the format of `SUBGRAPH_URLS`
 * @returns the duration in seconds
 */
export async function indexAll({ config, resources }: Fixture, subgraphUrls: string): Promise<number> {
  const urls = Object.fromEntries(
    subgraphUrls.split(',').map((pair) => {
      const [name, url] = pair.split(/=(.*)/s) as [string, string];
      return [name, [url]];
    }),
  );
  const log = createLog({ name: 'bench', level: 'warn' });
  const client = createHttpClient({ service: 'search', urls, secret: config.secret, log });
  const { pool } = resources.ownedBy('search', { quota: 'all' }).database;
  const began = performance.now();
  await reindex({ pool, index: createPostgresIndex({ pool }), client, report: () => undefined });
  const seconds = (performance.now() - began) / 1000;
  await client.close();
  return seconds;
}
