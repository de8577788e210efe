import type { CustomFetch } from 'openid-client';

/** A configuration, a set of keys or a token has a few kilobytes. */
const MAX_BYTES = 1024 * 1024;

/**
 * `fetch` that reads answers up to a length, so that a provider cannot fill the memory.
 *
 * @throws Error if an answer is longer
 */
export const boundedFetch: CustomFetch = async (url, { body, ...options }) => {
  const response = await fetch(url, { ...options, body: body ?? null });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (length > MAX_BYTES) throw new Error(`The answer has more than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  const { status, statusText, headers } = response;
  return new Response(length > 0 ? Buffer.concat(chunks) : null, { status, statusText, headers });
};
