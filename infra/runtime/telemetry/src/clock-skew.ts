import { gauge } from './metrics.ts';

const skew = gauge('tintype_clock_skew_seconds', 'How far the clock of this process is ahead of another', ['peer']);

/** @param ms how far the clock of this process is ahead of that of Postgres, or of the process that called it last */
export function noteClockSkew(peer: 'postgres' | 'caller', ms: number): void {
  skew.set({ peer }, ms / 1000);
}
