import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { isPublicAddress } from './address.rules.ts';

/** The name of an endpoint leads to this machine or its network. */
export class PrivateAddressError extends Error {
  override name = 'PrivateAddressError';
}

const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;

/**
 * Connects to push services, and to nothing else that somebody wrote down as one: whether an address is public is looked at for
 * the very address that is connected to, so that a name cannot lead elsewhere the second time. Redirects are not followed.
 */
export function createPushAgent(options: { allowLocal: boolean }): Agent {
  return new Agent({
    connect: { timeout: CONNECT_MS, ...(!options.allowLocal && { lookup: lookupPublic }) },
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    connections: 8,
  });
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, []);
    if (!found.every(({ address }) => isPublicAddress(address))) {
      return callback(new PrivateAddressError(`"${hostname}" leads to an address that is not public`), []);
    }
    return options.all ? callback(null, found) : callback(null, found[0]!.address, found[0]!.family);
  });
};
