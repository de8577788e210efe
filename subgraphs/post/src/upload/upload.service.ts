import type { Remember } from '@tintype/graphql';
import { firstId, type IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import type pg from 'pg';
import type { UploadPurpose } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import { findUploads, insertUploads, lockUsedQuota } from './upload.repository.ts';
import {
  checkQuota,
  FORM_S,
  incomingKey,
  isContentType,
  QUOTA_WINDOW_MS,
  UPLOAD_MS,
  type UploadError,
  type UploadModel,
  type UploadQuota,
} from './upload.rules.ts';

export type UploadForm = { id: bigint; url: string; fields: { name: string; value: string }[]; expiresAt: Date };

export type ReadyUpload = { id: bigint; upload: UploadModel | null; used: boolean };

export type UploadService = {
  /** Creates forms for checked files, in their order. The error is UPLOAD_QUOTA_EXCEEDED. */
  create(
    ownerId: bigint,
    files: readonly { contentType: string; byteSize: number }[],
    purpose: UploadPurpose,
    remember: Remember,
  ): Promise<{ forms: UploadForm[] } | { error: UploadError }>;
  /** Creates new forms for existing uploads. The error is UPLOAD_USED or UPLOAD_NOT_FOUND. */
  renew(
    ownerId: bigint,
    ids: readonly bigint[],
    purpose: UploadPurpose,
  ): Promise<{ forms: UploadForm[] } | { error: UploadError }>;
  /**
   * Checks whether uploads of this owner can be used: known, unused, and with their file in the store. In the order of
   * the ids.
   */
  ready(ownerId: bigint, ids: readonly bigint[], purpose: UploadPurpose): Promise<ReadyUpload[]>;
};

export function createUploadService(deps: {
  pool: pg.Pool;
  store: ObjectStore;
  ids: IdGenerator;
  quota: UploadQuota;
}): UploadService {
  const { pool, store, ids, quota } = deps;

  const hasArrived = async (ownerId: bigint, { id, byteSize }: UploadModel): Promise<boolean> =>
    (await store.head(incomingKey({ ownerId, id })))?.byteSize === byteSize;

  const formsOf = (ownerId: bigint, uploads: readonly UploadModel[]): Promise<UploadForm[]> => {
    const expiresAt = new Date(Date.now() + FORM_S * 1000);
    return Promise.all(
      uploads.map(async ({ id, contentType, byteSize }) => {
        const key = incomingKey({ ownerId, id });
        const form = await store.presignForm({ key, contentType, byteSize, expiresInS: FORM_S });
        const fields = Object.entries(form.fields).map(([name, value]) => ({ name, value }));
        return { id, url: form.url, fields, expiresAt };
      }),
    );
  };

  return {
    async create(ownerId, files, purpose, remember) {
      const uploads = files.map(({ contentType, byteSize }): UploadModel => {
        if (!isContentType(contentType)) throw new TypeError(`${contentType} was not checked`);
        return { id: ids.next(), contentType, byteSize, purpose };
      });
      const error = await transaction(pool, async (tx) => {
        const used = await lockUsedQuota(tx, ownerId, firstId(Date.now() - QUOTA_WINDOW_MS));
        const exceeded = checkQuota(quota, used, uploads);
        if (exceeded) return exceeded;
        await insertUploads(tx, ownerId, uploads, new Date(Date.now() + UPLOAD_MS));
        await remember(
          tx,
          uploads.map(({ id }) => String(id)),
        );
        return null;
      });
      if (error) return { error };
      return { forms: await formsOf(ownerId, uploads) };
    },

    async renew(ownerId, uploadIds, purpose) {
      const found = await findUploads(pool, ownerId, uploadIds, purpose);
      const known = new Map(found.map((upload) => [upload.id, upload]));
      const uploads = uploadIds.map((id) => known.get(id));
      if (uploads.some((upload) => upload?.used)) return { error: inputError('UPLOAD_USED', ['files']) };
      if (!uploads.every((upload) => upload !== undefined)) return { error: inputError('UPLOAD_NOT_FOUND', ['files']) };
      return { forms: await formsOf(ownerId, uploads) };
    },

    async ready(ownerId, uploadIds, purpose) {
      const found = await findUploads(pool, ownerId, uploadIds, purpose);
      const known = new Map(found.map((upload) => [upload.id, upload]));
      return Promise.all(
        uploadIds.map(async (id) => {
          const upload = known.get(id);
          if (!upload) return { id, upload: null, used: false };
          if (upload.used) return { id, upload: null, used: true };
          return { id, upload: (await hasArrived(ownerId, upload)) ? upload : null, used: false };
        }),
      );
    },
  };
}
