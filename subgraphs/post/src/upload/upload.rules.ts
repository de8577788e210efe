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

/** Originals are private: nothing but the media worker reads them. */
export function originalKey(ownerId: bigint, uploadId: bigint): string {
  return `originals/${ownerId}/${uploadId}`;
}

export function checkFiles({ files }: Pick<CreateUploadInput, 'files'>): InputError[] {
  if (files.length < 1 || files.length > MAX_FILES) return [inputError('FILE_COUNT_INVALID', ['files'])];
  return files.flatMap(({ contentType, byteSize }, index) => [
    ...(isContentType(contentType) ? [] : [inputError('CONTENT_TYPE_UNSUPPORTED', ['files', index, 'contentType'])]),
    ...(byteSize >= 1 && byteSize <= MAX_BYTES ? [] : [inputError('FILE_SIZE_INVALID', ['files', index, 'byteSize'])]),
  ]);
}
