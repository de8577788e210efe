import { createHmac } from 'node:crypto';
import { parseId } from '@tintype/ids';
import type { ObjectStore } from '@tintype/s3';
import { incomingKey, MAX_BYTES } from '#upload/upload.rules.ts';
import { type MediaModel, RENDITION_KINDS, type StoredRendition } from './media.model.ts';
import type { Rendered } from './render-photo.ts';

/** Readable by anyone who knows the key, through a CDN. */
export const PUBLIC_PREFIX = 'renditions/';

const KEY = /^renditions\/(\d+)\//;

/** The photo or upload that a rendition is of; null for what is no key of ours. */
export function ownerOfRendition(key: string): bigint | null {
  const id = KEY.exec(key)?.[1];
  return id === undefined ? null : parseId(id);
}

export type MediaStorage = {
  /** Keeps what the form brought under the key of the original, once, and reads that. @throws ObjectMissingError */
  takeOriginal(objectKey: string): Promise<Buffer>;
  /** Removes what the form brought, since the original is kept or not wanted. Can be repeated. */
  removeIncoming(objectKeys: readonly string[]): Promise<void>;
  /** @param id of the photo or upload that the renditions are of */
  writeRenditions(id: bigint, rendered: Pick<Rendered, 'renditions'>): Promise<StoredRendition[]>;
  /** All renditions of a photo, whether its row tells of them or not. Can be repeated. */
  removeRenditions(media: Pick<MediaModel, 'id' | 'renditions'>): Promise<void>;
  /** The original, what its form brought, and all renditions. Can be repeated. */
  removeMedia(media: Pick<MediaModel, 'id' | 'objectKey' | 'renditions'>): Promise<void>;
};

/**
 * Where photos lie. Keys of renditions cannot be guessed, because whoever knows one can read it: 128 bits of an HMAC, the same
 * for every try, so that a repeated run overwrites its own files with the same bytes.
 */
export function createMediaStorage(deps: { store: ObjectStore; secret: string }): MediaStorage {
  const { store, secret } = deps;
  const keyOf = (id: bigint, kind: string): string => {
    const random = createHmac('sha256', secret).update(`rendition ${id} ${kind}`).digest('hex').slice(0, 32);
    return `${PUBLIC_PREFIX}${id}/${random}-${kind.toLowerCase()}.webp`;
  };
  const removeRenditions: MediaStorage['removeRenditions'] = async ({ id, renditions }) => {
    // A worker that ended in the middle left files that no row tells of; a secret that was changed left others.
    const keys = new Set([
      ...RENDITION_KINDS.map((kind) => keyOf(id, kind)),
      ...(renditions ?? []).map(({ key }) => key),
    ]);
    await Promise.all([...keys].map((key) => store.remove(key)));
  };
  const removeIncoming: MediaStorage['removeIncoming'] = async (objectKeys) => {
    await Promise.all(objectKeys.map((objectKey) => store.remove(incomingKey(objectKey))));
  };
  return {
    async takeOriginal(objectKey) {
      // Kept before it is read: until it ends, the form can replace what it brought.
      if (!(await store.head(objectKey))) await store.copy(incomingKey(objectKey), objectKey);
      return store.read(objectKey, MAX_BYTES);
    },
    removeIncoming,
    async writeRenditions(id, { renditions }) {
      // Kinds that are the same picture share one file.
      const files = new Map(renditions.map(({ body, kind }) => [body, keyOf(id, kind)]));
      await Promise.all([...files].map(([body, key]) => store.writeImmutable(key, body, 'image/webp')));
      return renditions.map(({ kind, width, height, body }) => {
        return { kind, key: files.get(body)!, width, height, byteSize: body.byteLength };
      });
    },
    removeRenditions,
    async removeMedia(media) {
      await removeRenditions(media);
      await removeIncoming([media.objectKey]);
      await store.remove(media.objectKey);
    },
  };
}
