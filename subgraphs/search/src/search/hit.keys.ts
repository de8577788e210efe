import { createHash } from 'node:crypto';

/** Found by everybody who asks the same and may see the same. */
export const HITS_TTL_S = 30;
/** What is not there yet may be in a moment. */
export const NOTHING_TTL_S = 5;

/** @param question all that the hits depend on, whom they are for among it: nobody else's hits can be under its key */
export function hitsKey(question: object): string {
  return `search:hits:v1:{${createHash('sha256').update(JSON.stringify(question)).digest('base64url')}}`;
}
