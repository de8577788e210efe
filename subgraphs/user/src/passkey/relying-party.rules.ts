/** For whom passkeys are made: a domain, and the origins of its pages and apps that may use them. */
export type RelyingParty = { id: string; origins: readonly string[] };

/** Hosts of this machine by address. Browsers make passkeys for names only. */
const LOOPBACK = new Set(['127.0.0.1', '[::1]']);
/** What Android apps send as their origin. */
const ANDROID = /^android:apk-key-hash:[\w-]{43}$/;

/**
 * @param given the domain and the origins, where they are configured
 * @param pages the address of the pages where people log in. Its host and origin are used for what is not configured
 */
export function relyingPartyOf(
  given: { domain?: string | undefined; origins: readonly string[] },
  pages: string,
): RelyingParty {
  const url = new URL(pages);
  if (LOOPBACK.has(url.hostname)) url.hostname = 'localhost';
  const origins = given.origins.length > 0 ? given.origins : [url.origin];
  return { id: given.domain ?? url.hostname, origins: Object.freeze([...origins]) };
}

/** Whether an origin may be one of a relying party: an Android app, or a page at its domain or below it. */
export function isOriginOf(origin: string, id: string): boolean {
  if (ANDROID.test(origin)) return true;
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) return false;
  const { protocol, hostname } = new URL(origin);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
  return isSecure && (hostname === id || hostname.endsWith(`.${id}`));
}
