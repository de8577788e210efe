import type { Identity } from '@tintype/viewer';

/** Nobody tells a subgraph when a request has ended: what it read is kept this long after its last fetch began, up to twice that. */
const KEPT_MS = 1000;

/** More requests than this push out what is older: loaders hold all that was read, from 25 KB for a feed to some megabytes. */
const REQUESTS = 250;

/**
 * One value for all fetches of a gateway query, so that nothing is read twice however the gateway plans; each fetch of a mutation has its own,
 * because what one field changed the next must see. A request whose value was dropped while it is under way merely reads something twice.
 */
export function perRequest<Value extends object>(create: (identity: Identity) => Value): (identity: Identity) => Value {
  // Whatever is not asked for while it is among the older ones is dropped with all of them.
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
    // Ids of requests are the gateway's own; the subject is part of the key so that none could ever be shared between two.
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
