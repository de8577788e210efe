import type { Log } from '@tintype/telemetry';
import { withCallTimeout } from './call-timeout.ts';
import { askedBy, type SubgraphClient, SubgraphError, withRequest } from './client.ts';
import { openRemote } from './remote.ts';
import { CALL_TIMEOUTS } from './timeouts.ts';

/**
 * Calls subgraphs in other processes, with bounds on time and number. A subgraph may have several addresses, and calls
 * are repeated if that does no harm.
 *
 * @param options.service the calling service
 * @param options.urls addresses by subgraph, each `http://host:port` or `unix:/path/of/socket`
 */
export function createHttpClient(options: {
  service: string;
  urls: Readonly<Record<string, readonly string[]>>;
  secret: string;
  log: Log;
  timeouts?: typeof CALL_TIMEOUTS;
}): SubgraphClient & { close(): Promise<void> } {
  const { service, urls, secret, log, timeouts = CALL_TIMEOUTS } = options;
  const remotes = new Map(
    Object.entries(urls).map(([subgraph, ofIt]) => [subgraph, openRemote({ subgraph, urls: ofIt, secret, log })]),
  );
  const client = withRequest(async (name, request) => {
    const remote = remotes.get(name);
    if (!remote) throw new SubgraphError(name, 'UNAVAILABLE', 'has no address: see SUBGRAPH_URLS');
    return withCallTimeout(name, askedBy(service, request), timeouts, (bounded) => remote.call(bounded));
  });
  return {
    ...client,
    async close() {
      await Promise.all([...remotes.values()].map((remote) => remote.close()));
    },
  };
}
