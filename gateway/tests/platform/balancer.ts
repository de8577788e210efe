import type { GatewayAddress } from '@tintype/local/distributed';

export type Balancer = {
  post(path: string, body: object, token: string): Promise<{ status: number; text: string }>;
  /** Addresses of gateways that reported that they are draining. */
  drained(): string[];
  close(): void;
};

const CHECK_MS = 100;
/** A gateway whose health check takes longer counts as stopping. */
const HEALTH_TIMEOUT_MS = 1000;

/**
 * Sends requests like a load balancer: to the ready gateways in turn, and to the next one only if the connection is
 * refused, so that no request is sent twice.
 */
export async function startBalancer(gateways: readonly GatewayAddress[]): Promise<Balancer> {
  const ready = new Set<string>();
  const drained = new Set<string>();
  let turn = 0;
  let isClosed = false;

  const look = async ({ url, healthUrl }: GatewayAddress) => {
    const answer = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
      .then(async (response) => ({ isReady: response.ok, text: await response.text() }))
      .catch(() => ({ isReady: false, text: '' }));
    if (answer.isReady) ready.add(url);
    else ready.delete(url);
    if (answer.text.includes('draining')) drained.add(url);
  };
  const watch = async (gateway: GatewayAddress) => {
    while (!isClosed) {
      await look(gateway);
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
  };
  await Promise.all(gateways.map(look));
  for (const gateway of gateways) void watch(gateway);

  return {
    async post(path, body, token) {
      const urls = ready.size > 0 ? [...ready] : gateways.map(({ url }) => url);
      const first = turn++;
      for (let tries = 0; ; tries++) {
        try {
          const response = await fetch(`${urls[(first + tries) % urls.length]}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: JSON.stringify(body),
          });
          return { status: response.status, text: await response.text() };
        } catch (error) {
          const { cause } = error as Error & { cause?: NodeJS.ErrnoException };
          if (cause?.code !== 'ECONNREFUSED' || tries >= urls.length)
            return { status: 0, text: String(cause ?? error) };
        }
      }
    },
    drained: () => gateways.map(({ url }) => url).filter((url) => drained.has(url)),
    close() {
      isClosed = true;
    },
  };
}
