import { createHash } from 'node:crypto';

/** Shared by everybody who searches for the same and may see the same. */
export const HITS_TTL_S = 30;
/** Short, because something that is not found now may be indexed in a moment. */
export const NOTHING_TTL_S = 5;

/**
 * @param question everything that the hits depend on, including the viewer filter, so that nobody gets the hits of
 * others
 */
export function hitsKey(question: object): string {
  return `search:hits:v1:{${createHash('sha256').update(JSON.stringify(question)).digest('base64url')}}`;
}
