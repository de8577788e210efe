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
  amount: number;
  warmUp: number;
}): Promise<Load> {
  const { url, requests, connections = 4, amount, warmUp } = options;
  const send = (count: number) =>
    autocannon({
      url,
      method: 'POST',
      connections,
      amount: count,
      requests: requests.map(({ headers, body }) => ({
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })),
    });
  await send(warmUp);
  const result = await send(amount);
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of ${amount} requests to ${url} failed`);
  return {
    requestsPerSecond: Math.round(result.requests.total / result.duration),
    p50: result.latency.p50,
    p99: result.latency.p99,
    requests: result.requests.total,
  };
}
