import { timestampOf } from '@tintype/ids';
import type { CreateUploadInput, UploadPurpose } from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';

export const MAX_FILES = 20;
export const MAX_BYTES = 50 * 1024 * 1024;
/** How long a form works. */
export const FORM_S = 5 * 60;
/** How long what was uploaded waits to become a post. */
export const UPLOAD_MS = 24 * 3600 * 1000;

export const CONTENT_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

export function isContentType(text: string): text is ContentType {
  return (CONTENT_TYPES as readonly string[]).includes(text);
}

export type UploadModel = {
  id: bigint;
  objectKey: string;
  contentType: ContentType;
  byteSize: number;
  purpose: UploadPurpose;
};

/** Where an original is kept. Private: nothing but the media worker reads or writes it. */
export function originalKey(ownerId: bigint, uploadId: bigint): string {
  return `originals/${ownerId}/${uploadId}`;
}

/** In front of the keys that forms bring bytes to. */
export const INCOMING_PREFIX = 'uploads/';

const ORIGINAL_KEY = /^originals\/(\d{1,19})\/(\d{1,19})$/;
const INCOMING_KEY = /^uploads\/[^/]+\/(\d{1,19})\/(\d{1,19})$/;

/**
 * Where the form of an upload brings its bytes: apart from what is kept, because a form works for minutes, whatever has become
 * of its upload meanwhile. In a folder by the hour of the form, so that what is left of old forms is found by listing old hours alone.
 */
export function incomingKey(original: string): string {
  const [, ownerId, uploadId] = ORIGINAL_KEY.exec(original) ?? [];
  if (!ownerId || !uploadId) throw new TypeError(`${original} is no key of an original`);
  return `${incomingFolder(timestampOf(BigInt(uploadId)))}${ownerId}/${uploadId}`;
}

/** The folder of the hour of a moment, such as `uploads/2026-11-28T22/`: folders sort by time. */
export function incomingFolder(ms: number): string {
  return `${INCOMING_PREFIX}${new Date(ms).toISOString().slice(0, 13)}/`;
}

/** The upload that a form brought an object for; null for what is no such key. */
export function uploadOfIncoming(key: string): { ownerId: bigint; id: bigint } | null {
  const [, ownerId, id] = INCOMING_KEY.exec(key) ?? [];
  return ownerId && id ? { ownerId: BigInt(ownerId), id: BigInt(id) } : null;
}

/** What an account may ask for: forms that are not used yet, and forms of 24 hours, by number and by bytes. */
export type UploadQuota = { waitingFiles: number; waitingBytes: number; dailyFiles: number; dailyBytes: number };

export const QUOTA_WINDOW_MS = 24 * 3600 * 1000;

/** @param had what the account has, `asked` what it asks for in addition */
export function checkQuota(
  quota: UploadQuota,
  had: UploadQuota,
  asked: readonly { byteSize: number }[],
): InputError | null {
  const bytes = asked.reduce((sum, { byteSize }) => sum + byteSize, 0);
  if (had.waitingFiles + asked.length > quota.waitingFiles || had.waitingBytes + bytes > quota.waitingBytes) {
    const most = amountOf(quota.waitingFiles, quota.waitingBytes);
    const message = `Up to ${most} may wait to be used. Post them, or wait until they expire a day after they were made.`;
    return inputError('UPLOAD_QUOTA_EXCEEDED', ['files'], message);
  }
  if (had.dailyFiles + asked.length > quota.dailyFiles || had.dailyBytes + bytes > quota.dailyBytes) {
    const most = amountOf(quota.dailyFiles, quota.dailyBytes);
    return inputError(
      'UPLOAD_QUOTA_EXCEEDED',
      ['files'],
      `Up to ${most} may be uploaded in 24 hours. Try again later.`,
    );
  }
  return null;
}

function amountOf(files: number, bytes: number): string {
  return `${files.toLocaleString('en')} files of ${Math.floor(bytes / 1024 / 1024).toLocaleString('en')} MiB together`;
}

export function checkFiles({ files }: Pick<CreateUploadInput, 'files'>): InputError[] {
  if (files.length < 1 || files.length > MAX_FILES) return [inputError('FILE_COUNT_INVALID', ['files'])];
  return files.flatMap(({ contentType, byteSize }, index) => [
    ...(isContentType(contentType) ? [] : [inputError('CONTENT_TYPE_UNSUPPORTED', ['files', index, 'contentType'])]),
    ...(byteSize >= 1 && byteSize <= MAX_BYTES ? [] : [inputError('FILE_SIZE_INVALID', ['files', index, 'byteSize'])]),
  ]);
}
