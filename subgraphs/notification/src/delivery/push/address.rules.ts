import ipaddr from 'ipaddr.js';

export const MAX_ENDPOINT = 1024;
/** Endpoints are ASCII. URL parsers accept more. */
const VISIBLE = /^[\x21-\x7e]+$/;
/** Names that resolve on the machine or in its network. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home|arpa)$/;

/** All addresses that IANA assigns to the public Internet. Others, such as `::127.0.0.1`, may reach this machine. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is on the public Internet: not this machine, its network or a reserved range. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6));
}

/**
 * Checks the text of an endpoint. The address to which its name resolves is checked with each connection.
 *
 * @param allowLocal for local use: also allows plain HTTP and local addresses
 */
export function isEndpoint(text: string, allowLocal: boolean): boolean {
  if (text.length > MAX_ENDPOINT || !VISIBLE.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password || hash) return false;
  if (allowLocal) return protocol === 'https:' || protocol === 'http:';
  // A dot at the end is another spelling of the same name.
  if (protocol !== 'https:' || hostname.endsWith('.')) return false;
  const address = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(address) ? isPublicAddress(address) : hostname.includes('.') && !LOCAL_NAME.test(hostname);
}

/** Lengths of an uncompressed P-256 point and of the authentication secret (RFC 8291). */
const KEY_BYTES = 65;
const AUTH_BYTES = 16;

export function isSubscriptionKey(text: string): boolean {
  const bytes = bytesOf(text);
  return bytes?.length === KEY_BYTES && bytes[0] === 4;
}

export function isSubscriptionAuth(text: string): boolean {
  return bytesOf(text)?.length === AUTH_BYTES;
}

function bytesOf(text: string): Buffer | null {
  return /^[A-Za-z0-9_-]{1,100}$/.test(text) ? Buffer.from(text, 'base64url') : null;
}
