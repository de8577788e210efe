export { backoffMs, pause } from './backoff.ts';
export { type Breaker, createBreaker } from './breaker.ts';
export { type Bulkhead, BulkheadFullError, createBulkhead } from './bulkhead.ts';
export { TimeoutError, withTimeout } from './timeout.ts';
