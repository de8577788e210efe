/**
 * The key of a token bucket. Its value is the time when the bucket will be full, in ms since the epoch, at which it
 * also expires.
 */
export function bucketKey(bucket: string): string {
  return `gateway:bucket:v1:{${bucket}}`;
}

/** @param name from `sharesOf` */
export function viewerBucket(name: string): string {
  return `viewer:${name}`;
}

/**
 * For events, in a bucket of their own, so that many events do not use up the requests of a viewer.
 *
 * @param name from `sharesOf`
 */
export function liveBucket(name: string): string {
  return `live:${name}`;
}

/** @param network from `networkOf` */
export function addressBucket(network: string): string {
  return `address:${network}`;
}

export function loginBucket(network: string): string {
  return `login:${network}`;
}
