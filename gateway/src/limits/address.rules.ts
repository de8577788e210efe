import ipaddr from 'ipaddr.js';

/** One household or company has a whole network with this many bits. */
const IPV6_PREFIX = 64;

/**
 * The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address. IPv4 mapped to IPv6 counts as
 * IPv4.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  if (!ipaddr.isValid(plain)) return plain;
  const parsed = ipaddr.process(plain);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/${IPV6_PREFIX}`)}/${IPV6_PREFIX}`;
}
