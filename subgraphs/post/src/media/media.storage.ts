import { createHmac } from 'node:crypto';
import type { ObjectStore } from '@tintype/s3';
import type { Rendered } from '#photo/render-photo.ts';
import { incomingKey, originalKey, type UploadRef } from '#upload/upload.rules.ts';
import { MAX_BYTES } from '../limits.ts';
import { RENDITION_KINDS, type StoredRendition } from './media.model.ts';

/** Objects below this prefix can be read by anyone who knows their key, through a CDN. */
export const PUBLIC_PREFIX = 'renditions/';

/** A photo or profile picture: the upload that it was made from, and its renditions as far as they are known. */
export type StoredPhoto = { id: bigint; upload: UploadRef; renditions: readonly StoredRendition[] | null };

export type MediaStorage = {
  /**
   * Copies the uploaded bytes to the key of the original, unless they are there already, and reads them.
   *
   * @throws ObjectMissingError
   */
  takeOriginal(upload: UploadRef): Promise<Buffer>;
  /** Removes the uploaded bytes once the original is kept or not needed. Can be repeated. */
  removeIncoming(uploads: readonly UploadRef[]): Promise<void>;
  /** @param id of the photo, or of the upload of a profile picture */
  writeRenditions(id: bigint, rendered: Pick<Rendered, 'renditions'>): Promise<StoredRendition[]>;
  /** Removes all renditions of a photo, including those that its row does not name. Can be repeated. */
  removeRenditions(photo: Pick<StoredPhoto, 'id' | 'renditions'>): Promise<void>;
  /** Removes the original, the uploaded bytes and all renditions. Can be repeated. */
  removePhoto(photo: StoredPhoto): Promise<void>;
};

/**
 * The files of photos in the object store. Anyone who knows the key of a rendition can read it, so keys contain 128
 * bits of an HMAC that cannot be guessed. A repeated run computes the same keys and overwrites its own files with the
 * same bytes.
 */
export function createMediaStorage(deps: { store: ObjectStore; secret: string }): MediaStorage {
  const { store, secret } = deps;
  const renditionKey = (id: bigint, kind: string): string => {
    const random = createHmac('sha256', secret).update(`rendition ${id} ${kind}`).digest('hex').slice(0, 32);
    return `${PUBLIC_PREFIX}${id}/${random}-${kind.toLowerCase()}.webp`;
  };
  const removeRenditions: MediaStorage['removeRenditions'] = async ({ id, renditions }) => {
    // A worker that died halfway left files that no row names. If the secret was changed, the row names files with
    // other keys.
    const keys = new Set([
      ...RENDITION_KINDS.map((kind) => renditionKey(id, kind)),
      ...(renditions ?? []).map(({ key }) => key),
    ]);
    await Promise.all([...keys].map((key) => store.remove(key)));
  };
  const removeIncoming: MediaStorage['removeIncoming'] = async (uploads) => {
    await Promise.all(uploads.map((upload) => store.remove(incomingKey(upload))));
  };
  return {
    async takeOriginal(upload) {
      const original = originalKey(upload);
      // Copy before reading: until the form expires, the client can replace the uploaded bytes.
      if (!(await store.head(original))) await store.copy(incomingKey(upload), original);
      return store.read(original, MAX_BYTES);
    },
    removeIncoming,
    async writeRenditions(id, { renditions }) {
      // Kinds with the same pixels share one file.
      const files = new Map(renditions.map(({ body, kind }) => [body, renditionKey(id, kind)]));
      await Promise.all([...files].map(([body, key]) => store.writeImmutable(key, body, 'image/webp')));
      return renditions.map(({ kind, width, height, body }) => {
        return { kind, key: files.get(body)!, width, height, byteSize: body.byteLength };
      });
    },
    removeRenditions,
    async removePhoto(photo) {
      await removeRenditions(photo);
      await removeIncoming([photo.upload]);
      await store.remove(originalKey(photo.upload));
    },
  };
}
