import autocannon from 'autocannon';

export type Load = { requestsPerSecond: number; p50: number; p99: number; requests: number };

export type Request = { headers: Record<string, string>; body: string };

/**
 * Sends requests in turn over a few kept connections, first to warm up and then to measure. Latencies in milliseconds.
 *
 * @throws Error where an answer is not 200: what failed quickly must not count as fast
 */
export async function measureLoad(options: {
  url: string;
  requests: readonly Request[];
  connections?: number;
  /** How long to send; and before, without measuring. */
  seconds: number;
  warmUpSeconds?: number;
}): Promise<Load> {
  const { url, requests, connections = 4, seconds, warmUpSeconds = 0 } = options;
  const all = requests.map(({ headers, body }) => ({
    method: 'POST' as const,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }));
  const send = (duration: number) => {
    let next = 0;
    return autocannon({
      url,
      method: 'POST',
      connections,
      duration,
      // Of its own: each connection sends all that it has from the first to the last, so shared ones would be sent by every connection.
      setupClient(client) {
        const connection = next++;
        client.setRequests(all.filter((_request, index) => index % connections === connection));
      },
    });
  };
  if (warmUpSeconds > 0) await send(warmUpSeconds);
  const result = await send(seconds);
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of ${result.requests.sent} requests to ${url} failed`);
  return {
    requestsPerSecond: Math.round(result.requests.total / result.duration),
    p50: result.latency.p50,
    p99: result.latency.p99,
    requests: result.requests.total,
  };
}

/**
 * The same over several servers that share the work, as behind a load balancer: connections and requests are divided among them. Latencies
 * are those of the slowest.
 */
export async function measureSharedLoad(
  urls: readonly string[],
  options: Omit<Parameters<typeof measureLoad>[0], 'url'>,
): Promise<Load> {
  const { requests, connections = 4, ...others } = options;
  const loads = await Promise.all(
    urls.map((url, server) => {
      const own = requests.filter((_request, index) => index % urls.length === server);
      return measureLoad({ ...others, url, requests: own, connections: connections / urls.length });
    }),
  );
  const sum = (pick: (load: Load) => number) => loads.reduce((total, load) => total + pick(load), 0);
  return {
    requestsPerSecond: sum((load) => load.requestsPerSecond),
    requests: sum((load) => load.requests),
    p50: Math.max(...loads.map(({ p50 }) => p50)),
    p99: Math.max(...loads.map(({ p99 }) => p99)),
  };
}
