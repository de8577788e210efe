import type { IdGenerator } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import type { UploadPurpose } from '#generated/graphql.ts';
import { findUploads, insertUploads } from './upload.repository.ts';
import { FORM_S, incomingKey, isContentType, originalKey, UPLOAD_MS, type UploadModel } from './upload.rules.ts';

export type UploadForm = { id: bigint; url: string; fields: { name: string; value: string }[]; expiresAt: Date };

export type ReadyUpload = { id: bigint; upload: UploadModel | null; used: boolean };

export type UploadService = {
  /** Forms for checked files, in their order. */
  create(
    ownerId: bigint,
    files: readonly { contentType: string; byteSize: number }[],
    purpose: UploadPurpose,
  ): Promise<UploadForm[]>;
  /** Looks whether uploads of this owner are there to be used: known, unused, their bytes in the store. In the order of the ids. */
  ready(ownerId: bigint, ids: readonly bigint[], purpose: UploadPurpose): Promise<ReadyUpload[]>;
};

export function createUploadService(deps: { pool: Executor; store: ObjectStore; ids: IdGenerator }): UploadService {
  const { pool, store, ids } = deps;

  const arrived = async ({ objectKey, byteSize }: UploadModel): Promise<boolean> =>
    (await store.head(incomingKey(objectKey)))?.byteSize === byteSize;

  return {
    async create(ownerId, files, purpose) {
      const uploads = files.map(({ contentType, byteSize }): UploadModel => {
        if (!isContentType(contentType)) throw new TypeError(`${contentType} was not checked`);
        const id = ids.next();
        return { id, objectKey: originalKey(ownerId, id), contentType, byteSize, purpose };
      });
      await insertUploads(pool, ownerId, uploads, new Date(Date.now() + UPLOAD_MS));
      const expiresAt = new Date(Date.now() + FORM_S * 1000);
      return Promise.all(
        uploads.map(async ({ id, objectKey, contentType, byteSize }) => {
          const form = await store.presignForm({
            key: incomingKey(objectKey),
            contentType,
            byteSize,
            expiresInS: FORM_S,
          });
          const fields = Object.entries(form.fields).map(([name, value]) => ({ name, value }));
          return { id, url: form.url, fields, expiresAt };
        }),
      );
    },

    async ready(ownerId, uploadIds, purpose) {
      const found = await findUploads(pool, ownerId, uploadIds, purpose);
      const known = new Map(found.map((upload) => [upload.id, upload]));
      return Promise.all(
        uploadIds.map(async (id) => {
          const upload = known.get(id);
          if (!upload) return { id, upload: null, used: false };
          if (upload.used) return { id, upload: null, used: true };
          return { id, upload: (await arrived(upload)) ? upload : null, used: false };
        }),
      );
    },
  };
}
