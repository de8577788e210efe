/** Key of a token bucket: holds when it will be full, in ms since the epoch, and expires then. */
export function bucketKey(bucket: string): string {
  return `gateway:bucket:v1:{${bucket}}`;
}

export function viewerBucket(userId: bigint): string {
  return `viewer:${userId}`;
}

/** For events: whoever hears of much must not lose requests by it. */
export function liveBucket(userId: bigint): string {
  return `live:${userId}`;
}

/** @param network as `networkOf` gives it */
export function addressBucket(network: string): string {
  return `address:${network}`;
}

export function loginBucket(network: string): string {
  return `login:${network}`;
}
