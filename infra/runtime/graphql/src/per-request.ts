import type { Identity } from '@tintype/viewer';

/**
 * A subgraph is not told when a request ends. The values of a request are kept for this long, up to twice, after its
 * last fetch began.
 */
const KEPT_MS = 1000;

/**
 * If there are more requests than this, older ones are dropped. Loaders hold everything that was read: 25 KB for a
 * feed, up to some megabytes.
 */
const REQUESTS = 250;

/**
 * One value for all fetches of a gateway query, so that nothing is read twice however the gateway plans. Each fetch of
 * a mutation has its own, because the next field must see what one field changed. If a value is dropped while its
 * request is running, something is read twice.
 */
export function perRequest<Value extends object>(create: (identity: Identity) => Value): (identity: Identity) => Value {
  // Keeps two generations. Values that are not used while they are in the older one are dropped together.
  let values = new Map<string, Value>();
  let older = new Map<string, Value>();
  let timer: NodeJS.Timeout | undefined;
  const age = (): void => {
    older = values;
    values = new Map();
    clearTimeout(timer);
    timer = older.size > 0 ? setTimeout(age, KEPT_MS).unref() : undefined;
  };
  return (identity) => {
    if (identity.operation === 'mutation') return create(identity);
    // The gateway makes the ids of requests. The subject is part of the key, so that two viewers can never share a
    // value.
    const key = `${identity.requestId}:${identity.kind}:${identity.viewer?.userId ?? ''}`;
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = older.get(key) ?? create(identity);
    if (values.size >= REQUESTS) age();
    values.set(key, value);
    timer ??= setTimeout(age, KEPT_MS).unref();
    return value;
  };
}
