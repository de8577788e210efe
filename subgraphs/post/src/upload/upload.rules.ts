import { type UserError, userError } from '@tintype/graphql';
import { timestampOf } from '@tintype/ids';
import type { CreateUploadErrorCode, CreateUploadInput, UploadPurpose } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import { MAX_BYTES, MAX_MEDIA } from '../limits.ts';

export type UploadError = UserError<CreateUploadErrorCode>;

/** How long a form can be used. */
export const FORM_S = 5 * 60;
/** How long an upload can be used for a post or profile picture. */
export const UPLOAD_MS = 24 * 3600 * 1000;

export const CONTENT_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

export function isContentType(text: string): text is ContentType {
  return (CONTENT_TYPES as readonly string[]).includes(text);
}

export type UploadModel = {
  id: bigint;
  contentType: ContentType;
  byteSize: number;
  purpose: UploadPurpose;
};

/** The key of an upload in the database and, with a prefix, in the object store. */
export type UploadRef = { ownerId: bigint; id: bigint };

/** Where an original is kept. It is private: only the media worker reads or writes it. */
export function originalKey({ ownerId, id }: UploadRef): string {
  return `originals/${ownerId}/${id}`;
}

/** Forms write their files below this prefix. */
export const INCOMING_PREFIX = 'uploads/';

const INCOMING_KEY = /^uploads\/[^/]+\/(\d{1,19})\/(\d{1,19})$/;

/**
 * Where the form of an upload writes the file. It is not the key of the original, because the form can be used for
 * minutes, even after the upload was processed or deleted. The folder is the hour in which the form was made, so a job
 * finds the files of old forms by listing old folders only.
 */
export function incomingKey({ ownerId, id }: UploadRef): string {
  return `${incomingFolder(timestampOf(id))}${ownerId}/${id}`;
}

/** The folder of the hour of a time, such as `uploads/2026-11-28T22/`. Folders sort by time. */
export function incomingFolder(ms: number): string {
  return `${INCOMING_PREFIX}${new Date(ms).toISOString().slice(0, 13)}/`;
}

/** The upload that a form wrote this object for, or null if the key has another form. */
export function parseIncomingKey(key: string): UploadRef | null {
  const [, ownerId, id] = INCOMING_KEY.exec(key) ?? [];
  return ownerId && id ? { ownerId: BigInt(ownerId), id: BigInt(id) } : null;
}

/** Limits for the unused uploads of an account and for its uploads of 24 hours, by number and by bytes. */
export type UploadQuota = { waitingFiles: number; waitingBytes: number; dailyFiles: number; dailyBytes: number };

export const QUOTA_WINDOW_MS = 24 * 3600 * 1000;

/** @param used how much of the quota the account has used. @param requested the files to add */
export function checkQuota(
  quota: UploadQuota,
  used: UploadQuota,
  requested: readonly { byteSize: number }[],
): UploadError | null {
  const bytes = requested.reduce((sum, { byteSize }) => sum + byteSize, 0);
  if (used.waitingFiles + requested.length > quota.waitingFiles || used.waitingBytes + bytes > quota.waitingBytes) {
    const most = amountOf(quota.waitingFiles, quota.waitingBytes);
    const message = `You can have up to ${most} that are not used in a post. Post some of them, or try again tomorrow.`;
    return userError('UPLOAD_QUOTA_EXCEEDED', message, 'input', 'files');
  }
  if (used.dailyFiles + requested.length > quota.dailyFiles || used.dailyBytes + bytes > quota.dailyBytes) {
    const most = amountOf(quota.dailyFiles, quota.dailyBytes);
    const message = `You can upload up to ${most} in 24 hours. Try again later.`;
    return userError('UPLOAD_QUOTA_EXCEEDED', message, 'input', 'files');
  }
  return null;
}

function amountOf(files: number, bytes: number): string {
  return `${files.toLocaleString('en')} files of ${Math.floor(bytes / 1024 / 1024).toLocaleString('en')} MiB together`;
}

export function checkFiles({ files }: Pick<CreateUploadInput, 'files'>): UploadError[] {
  if (files.length < 1 || files.length > MAX_MEDIA) return [inputError('FILE_COUNT_INVALID', ['files'])];
  return files.flatMap(({ contentType, byteSize }, index) => [
    ...(isContentType(contentType) ? [] : [inputError('CONTENT_TYPE_UNSUPPORTED', ['files', index, 'contentType'])]),
    ...(byteSize >= 1 && byteSize <= MAX_BYTES ? [] : [inputError('FILE_SIZE_INVALID', ['files', index, 'byteSize'])]),
  ]);
}
