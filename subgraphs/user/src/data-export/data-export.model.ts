import type { DataExportState } from '#generated/graphql.ts';

export type DataExportModel = {
  id: bigint;
  userId: bigint;
  state: DataExportState;
  requestedAt: Date;
  done: number;
  total: number | null;
  byteSize: bigint | null;
  expiresAt: Date | null;
  failureReason: string | null;
  /** How often a worker has begun. */
  attempts: number;
};

/** An export that this process is writing. If another process begins the next attempt, this one may not change it. */
export type Attempt = Pick<DataExportModel, 'id' | 'userId' | 'attempts'>;
