import type { Executor } from '@tintype/postgres';
import { RequestError } from './errors.ts';

/** Something that is stored about a person, for the export of their data. Records of one kind are ordered by cursor. */
export type PersonalRecord = { cursor: bigint; otherId: bigint | null; json: string };

/** Lists the records of a person after a cursor. */
export type ListRecords = (
  executor: Executor,
  userId: bigint,
  after: bigint,
  limit: number,
) => Promise<PersonalRecord[]>;

/**
 * @param content with global IDs. Dates become RFC 3339
 * @param otherId the other person whom it is about, so that the export can name them
 */
export function personalRecord(cursor: bigint, content: object, otherId: bigint | null = null): PersonalRecord {
  return { cursor, otherId, json: JSON.stringify(content) };
}

const MAX_RECORDS = 1000;

/** The argument `first` of a list of records. @throws RequestError BAD_PAGE_SIZE */
export function recordLimit(first: number, max = MAX_RECORDS): number {
  if (first >= 1 && first <= max) return first;
  throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${max}.`);
}
