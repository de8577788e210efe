import { parseId } from './snowflake.ts';

/**
 * The link of a post, which browsers can open: `https://tintype.example/p/7218938124304384`.
 *
 * @param publicUrl the gateway's, without a slash at the end
 */
export function postLink(publicUrl: string, id: bigint): string {
  return `${publicUrl}/p/${id}`;
}

/**
 * The ID of the post with this link, whatever its query and fragment. Null if it is not the link of a post on this
 * platform.
 */
export function parsePostLink(publicUrl: string, link: string): bigint | null {
  if (!URL.canParse(link)) return null;
  const { origin, username, password, pathname } = new URL(link);
  const prefix = new URL(`${publicUrl}/p/`);
  if (origin !== prefix.origin || username || password || !pathname.startsWith(prefix.pathname)) return null;
  return parseId(pathname.slice(prefix.pathname.length));
}
