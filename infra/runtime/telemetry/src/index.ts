export { noteClockSkew } from './clock-skew.ts';
export { createLog, type Log } from './log.ts';
export { counter, gauge, histogram, registry, SECONDS_BUCKETS } from './metrics.ts';
export { isOutage } from './outage.rules.ts';
