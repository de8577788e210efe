import { Client } from 'typesense';
import { createTransport } from './transport.ts';

/** No search takes longer: what is slower is answered elsewhere. */
export const READ_TIMEOUT_MS = 1000;
/** Whoever imports may hold a transaction, which Postgres ends when it idles for 5 s. */
export const WRITE_TIMEOUT_MS = 4000;
/** How long a node of a cluster is passed over after it failed. */
const NODE_PAUSE_SECONDS = 5;

export type TypesenseAddress = {
  urls: readonly string[];
  apiKey: string;
  /** For tests on busy machines; a second where it is left out. */
  readTimeoutMs?: number;
};
export type TypesenseClients = { reading: Client; writing: Client; close(): Promise<void> };

/**
 * One client for searches, one for everything else. Neither tries again: a search has another index to ask, a write an indexer that
 * repeats it.
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
      // Otherwise it warns on the console; what fails is told by an error here.
      logLevel: 'silent',
      axiosAdapter: transport,
    });
  return { reading: client(address.readTimeoutMs ?? READ_TIMEOUT_MS), writing: client(WRITE_TIMEOUT_MS), close };
}
