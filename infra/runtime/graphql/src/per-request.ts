import type { ViewerPass } from '@tintype/viewer';
import { LRUCache } from 'lru-cache';

/**
 * Requests whose values are kept. Nobody tells a subgraph when a request has ended, and loaders hold all that it read, some 25 KB
 * for a feed: as many as can be under way, and a request that is pushed out while it is under way merely reads something twice.
 */
const REQUESTS = 500;

/**
 * One value for all fetches of a gateway query, so that nothing is read twice however the gateway plans; each fetch of a mutation has its own,
 * because what one field changed the next must see.
 */
export function perRequest<Value extends object>(create: (pass: ViewerPass) => Value): (pass: ViewerPass) => Value {
  const values = new LRUCache<string, Value>({ max: REQUESTS });
  return (pass) => {
    if (pass.operation === 'mutation') return create(pass);
    // Ids of requests are the gateway's own; the viewer is part of the key so that none could ever be shared between two.
    const key = `${pass.requestId}:${pass.viewer?.userId ?? ''}`;
    let value = values.get(key);
    if (value === undefined) {
      value = create(pass);
      values.set(key, value);
    }
    return value;
  };
}
