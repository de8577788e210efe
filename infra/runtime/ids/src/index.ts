export { createIdGenerator, type IdGenerator } from './generator.ts';
export { type LeasedIds, leaseIds, NoWorkerIdError } from './leased-ids.ts';
export { EPOCH_MS, firstId, parseId, timestampOf } from './snowflake.ts';
