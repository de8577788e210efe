import type { ConfigurationOptions } from 'typesense/lib/Typesense/Configuration.js';
import { Agent, request } from 'undici';
import { TypesenseTimeoutError } from './typesense.errors.ts';

type Transport = Extract<NonNullable<ConfigurationOptions['axiosAdapter']>, (...args: never) => unknown>;

const CONNECT_TIMEOUT_MS = 1000;
const CONNECTIONS = 32;

/**
 * Sends the client's requests. The client's own transport limits the idle time of the socket, not the request, and sets
 * no limit for imports: a hanging server would block an importer for ever. Here every request has a timeout, and
 * connections are reused.
 *
 * @param options.importTimeoutMs for requests without a timeout of the client
 */
export function createTransport(options: { importTimeoutMs: number }): {
  transport: Transport;
  close(): Promise<void>;
} {
  const connect = { timeout: CONNECT_TIMEOUT_MS };
  const kept = new Agent({ connections: CONNECTIONS, pipelining: 1, connect });
  const fresh = new Agent({ connections: CONNECTIONS, pipelining: 0, connect });
  const transport: Transport = async (config) => {
    const url = new URL(config.url ?? '');
    for (const [name, value] of Object.entries(config.params ?? {})) url.searchParams.set(name, String(value));
    const timeoutMs = config.timeout || options.importTimeoutMs;
    const signal = AbortSignal.timeout(timeoutMs);
    const send = (dispatcher: Agent) =>
      request(url, {
        dispatcher,
        method: (config.method ?? 'get').toUpperCase() as 'GET',
        headers: headersOf(config.headers),
        body: typeof config.data === 'string' ? config.data : null,
        signal,
      });
    try {
      // A reused connection, and others with it, may be closed just when it is taken. The request is then sent once
      // more on a new connection, in the time that is left. All our requests may be repeated.
      const response = await send(kept).catch((error) => (isClosed(error) ? send(fresh) : Promise.reject(error)));
      const data = await response.body.text();
      return { data, status: response.statusCode, statusText: '', headers: flat(response.headers), config };
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new TypesenseTimeoutError(`There was no answer within ${timeoutMs} ms.`, { cause: error });
    }
  };
  return { transport, close: async () => void (await Promise.all([kept.destroy(), fresh.destroy()])) };
}

function isClosed(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function headersOf(headers: object): Record<string, string> {
  const set = Object.entries(headers).filter(([, value]) => value !== null && value !== undefined && value !== false);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]));
}
