/** 2025-01-01T00:00:00Z. 41 bits of milliseconds last from here until 2094. */
export const EPOCH_MS = 1_735_689_600_000;
export const MAX_WORKER_ID = 1023;
export const MAX_SEQUENCE = 4095;

const MAX_ID = 2n ** 63n - 1n;

export function compose(timestampMs: number, workerId: number, sequence: number): bigint {
  return (BigInt(timestampMs - EPOCH_MS) << 22n) | BigInt((workerId << 12) | sequence);
}

/** When the id was made, in milliseconds since the Unix epoch. */
export function timestampOf(id: bigint): number {
  return Number(id >> 22n) + EPOCH_MS;
}

/** The smallest id of a millisecond. */
export function firstId(timestampMs: number): bigint {
  return compose(timestampMs, 0, 0);
}

/** An id in the form of clients: digits only, without a leading zero, 1 to 2^63 - 1. Null for anything else. */
export function parseId(text: string): bigint | null {
  if (!/^[1-9]\d{0,18}$/.test(text)) return null;
  const id = BigInt(text);
  return id <= MAX_ID ? id : null;
}
