import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { isPublicAddress } from './address.rules.ts';

/** The name of an endpoint resolves to this machine or its network. */
export class PrivateAddressError extends Error {
  override name = 'PrivateAddressError';
}

const CONNECT_TIMEOUT_MS = 5_000;
const RESPONSE_TIMEOUT_MS = 10_000;

/**
 * Connects to push services, but not to private addresses that somebody registers as an endpoint. The check applies to
 * the address that is connected to, so a name cannot resolve to another one after the check. Redirects are not
 * followed.
 */
export function createPushAgent(options: { allowLocal: boolean }): Agent {
  return new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(!options.allowLocal && { lookup: lookupPublic }) },
    headersTimeout: RESPONSE_TIMEOUT_MS,
    bodyTimeout: RESPONSE_TIMEOUT_MS,
    connections: 8,
  });
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, []);
    if (!found.every(({ address }) => isPublicAddress(address))) {
      return callback(new PrivateAddressError(`"${hostname}" resolves to an address that is not public.`), []);
    }
    return options.all ? callback(null, found) : callback(null, found[0]!.address, found[0]!.family);
  });
};
