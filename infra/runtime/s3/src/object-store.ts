import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  BucketAlreadyOwnedByYou,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** A form that uploads one file directly to the store: the `fields` in their order, then the file as `file`. */
export type PresignedForm = { url: string; fields: Record<string, string> };

export type ObjectStore = {
  /**
   * Creates the bucket if it is missing. Anybody may read under `publicPrefix` only. Pages of the configured origins
   * may read that and post forms.
   */
  ensureBucket(publicPrefix: string): Promise<void>;
  /** Fixes key, type and exact size. The store itself refuses anything else. */
  presignForm(form: { key: string; contentType: string; byteSize: number; expiresInS: number }): Promise<PresignedForm>;
  /** Size and type, or null if there is no such object. */
  head(key: string): Promise<{ byteSize: number; contentType: string } | null>;
  /** The whole object. @throws ObjectMissingError; RangeError if it is larger than `maxBytes` */
  read(key: string, maxBytes: number): Promise<Buffer>;
  /** Writes under a key that is never written again, so clients and caches may keep the object for ever. */
  writeImmutable(key: string, body: Buffer, contentType: string): Promise<void>;
  /**
   * Writes as much as the stream has, in parts, with a few parts in memory. The object appears when all of them are
   * written.
   *
   * @throws the reason of the signal, if it is aborted; the error of the stream
   */
  writeStream(key: string, body: Readable, contentType: string, signal: AbortSignal): Promise<void>;
  /**
   * An address at which anybody can read the object until it expires.
   *
   * @param read.fileName for a download by a client. Without it, the address is one inside the platform
   */
  presignRead(key: string, read: { expiresInS: number; fileName?: string }): Promise<string>;
  remove(key: string): Promise<void>;
  /** Removes all objects whose keys begin with the prefix, and the parts of those that were never completed. */
  removeFolder(prefix: string): Promise<void>;
  /** Copies within the store. @throws ObjectMissingError */
  copy(from: string, to: string): Promise<void>;
  /** The distinct parts of the keys under `prefix` up to their next slash, including the slash. */
  listFolders(prefix: string): Promise<string[]>;
  /** Keys under `prefix` in their order, optionally after `after`. At most 1,000. */
  list(prefix: string, after?: string): Promise<string[]>;
  close(): void;
};

export class ObjectMissingError extends Error {
  override name = 'ObjectMissingError';
}

type Settings = {
  endpoint: string;
  publicEndpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  bucket: string;
  /** Origins of pages that may use the bucket from a browser. None if it is left out. */
  corsOrigins?: readonly string[];
};

/** The store takes up to 10,000 parts, so an object can have up to 156 GiB. Each part in progress is in memory. */
const PART_BYTES = 16 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

const IMMUTABLE = 'public, max-age=31536000, immutable';

function client(settings: Settings, endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: settings.region,
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    forcePathStyle: true,
    // The default trailing checksums need chunked uploads, which S3 servers other than Amazon's refuse with 411.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 20_000 },
  });
}

/** The bucket of this platform. Forms are presigned for the public endpoint. Everything else uses the internal one. */
export function createObjectStore(settings: Settings): ObjectStore {
  const s3 = client(settings, settings.endpoint);
  const presigner = client(settings, settings.publicEndpoint);
  const Bucket = settings.bucket;
  return {
    async ensureBucket(publicPrefix) {
      try {
        await s3.send(new HeadBucketCommand({ Bucket }));
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
        // Several processes may start at the same time.
        await s3.send(new CreateBucketCommand({ Bucket })).catch((refused: unknown) => {
          if (!(refused instanceof BucketAlreadyOwnedByYou)) throw refused;
        });
      }
      const statement = {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject'],
        Resource: [`arn:aws:s3:::${Bucket}/${publicPrefix}*`],
      };
      await s3.send(
        new PutBucketPolicyCommand({
          Bucket,
          Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
        }),
      );
      const { corsOrigins = [] } = settings;
      if (corsOrigins.length === 0) {
        await s3.send(new DeleteBucketCorsCommand({ Bucket }));
        return;
      }
      const rule = {
        AllowedMethods: ['GET', 'HEAD', 'POST'],
        AllowedOrigins: [...corsOrigins],
        AllowedHeaders: ['*'],
        ExposeHeaders: ['ETag'],
        MaxAgeSeconds: 3600,
      };
      await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
    },
    async presignForm({ key, contentType, byteSize, expiresInS }) {
      return createPresignedPost(presigner, {
        Bucket,
        Key: key,
        Expires: expiresInS,
        Fields: { 'Content-Type': contentType },
        Conditions: [
          ['eq', '$Content-Type', contentType],
          ['content-length-range', byteSize, byteSize],
        ],
      });
    },
    async head(Key) {
      try {
        const found = await s3.send(new HeadObjectCommand({ Bucket, Key }));
        return { byteSize: found.ContentLength ?? 0, contentType: found.ContentType ?? '' };
      } catch (error) {
        if (error instanceof NotFound) return null;
        throw error;
      }
    },
    async read(Key, maxBytes) {
      try {
        const found = await s3.send(new GetObjectCommand({ Bucket, Key }));
        if ((found.ContentLength ?? 0) > maxBytes) {
          // An unread body would keep its connection.
          (found.Body as Readable | undefined)?.destroy();
          throw new RangeError(`The object has ${found.ContentLength} bytes, more than ${maxBytes}.`);
        }
        return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) throw new ObjectMissingError(`There is no object ${Key}.`);
        throw error;
      }
    },
    async writeImmutable(Key, Body, ContentType) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType, CacheControl: IMMUTABLE }));
    },
    async writeStream(Key, Body, ContentType, signal) {
      signal.throwIfAborted();
      const upload = new Upload({
        client: s3,
        params: { Bucket, Key, Body, ContentType },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      });
      const stop = () => void upload.abort();
      signal.addEventListener('abort', stop);
      try {
        await upload.done();
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener('abort', stop);
        Body.destroy();
      }
    },
    async presignRead(Key, { expiresInS, fileName }) {
      const isDownload = fileName !== undefined;
      const command = new GetObjectCommand({
        Bucket,
        Key,
        ...(isDownload && { ResponseContentDisposition: `attachment; filename="${fileName}"` }),
      });
      return getSignedUrl(isDownload ? presigner : s3, command, { expiresIn: expiresInS });
    },
    async remove(Key) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    async removeFolder(Prefix) {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
      for (const { Key, UploadId } of Uploads) {
        await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      }
      for (;;) {
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
        if (Contents.length === 0) return;
        for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      }
    },
    async copy(from, to) {
      try {
        await s3.send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${from}` }));
      } catch (error) {
        if (error instanceof NoSuchKey || error instanceof NotFound)
          throw new ObjectMissingError(`There is no object ${from}.`);
        throw error;
      }
    },
    async listFolders(Prefix) {
      const folders: string[] = [];
      for (let token: string | undefined; ; ) {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/', ...(token && { ContinuationToken: token }) }),
        );
        folders.push(...(page.CommonPrefixes ?? []).flatMap((folder) => folder.Prefix ?? []));
        token = page.NextContinuationToken;
        if (!token) return folders;
      }
    },
    async list(Prefix, StartAfter) {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ...(StartAfter && { StartAfter }) }));
      return (page.Contents ?? []).flatMap((object) => object.Key ?? []);
    },
    close() {
      s3.destroy();
      presigner.destroy();
    },
  };
}
