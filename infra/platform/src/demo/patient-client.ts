import { createClient, GraphError, type TintypeClient } from '@tintype/schema/client';

/** Codes of temporary refusals: nothing was done, and the request may be repeated later. */
const LATER = new Set(['OVERLOADED', 'RATE_LIMITED', 'UNAVAILABLE']);
const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5000;

/**
 * A client that waits while the platform is overloaded, for example on a small machine that has just started it, for up
 * to two minutes.
 */
export function createPatientClient(endpoint: string, accessToken: string | null = null): TintypeClient {
  const client = createClient(endpoint, accessToken);
  return {
    request: (document, variables) => patiently(() => client.request(document, variables)),
    upload: (files, purpose) => patiently(() => client.upload(files, purpose)),
    as: (token) => createPatientClient(endpoint, token),
  };
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isForLater(error) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function isForLater(error: unknown): boolean {
  return error instanceof GraphError && error.errors.some(({ extensions }) => LATER.has(extensions?.code ?? ''));
}
