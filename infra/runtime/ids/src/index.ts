export { ClockMovedBackError, createIdGenerator, type IdGenerator } from './generator.ts';
export { EPOCH_MS, MAX_WORKER_ID, parseId, timestampOf } from './snowflake.ts';
export { leaseWorkerId, NoWorkerIdError, type WorkerLease } from './worker-lease.ts';
