import { Client } from 'typesense';
import { createTransport } from './transport.ts';

/** Slower searches are answered by Postgres. */
export const READ_TIMEOUT_MS = 1000;
/** An import may run inside a transaction, which Postgres ends after 5 s of idling. */
export const WRITE_TIMEOUT_MS = 4000;
/** How long a failed node of a cluster is skipped. */
const NODE_PAUSE_SECONDS = 5;

export type TypesenseAddress = {
  urls: readonly string[];
  apiKey: string;
  /** For tests on busy machines. The default is one second. */
  readTimeoutMs?: number;
};
export type TypesenseClients = { reading: Client; writing: Client; close(): Promise<void> };

/**
 * One client for searches, and one for everything else. Neither retries: searches have a fallback, and the indexer
 * repeats writes.
 */
export function createTypesenseClients(address: TypesenseAddress): TypesenseClients {
  const { transport, close } = createTransport({ importTimeoutMs: WRITE_TIMEOUT_MS });
  const client = (timeoutMs: number) =>
    new Client({
      nodes: address.urls.map((url) => ({ url: url.replace(/\/+$/, '') })),
      apiKey: address.apiKey,
      connectionTimeoutSeconds: timeoutMs / 1000,
      healthcheckIntervalSeconds: NODE_PAUSE_SECONDS,
      numRetries: 0,
      // The client would warn on the console. Our errors say what failed.
      logLevel: 'silent',
      axiosAdapter: transport,
    });
  return { reading: client(address.readTimeoutMs ?? READ_TIMEOUT_MS), writing: client(WRITE_TIMEOUT_MS), close };
}
