import { Readable } from 'node:stream';
import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { languageOf, textsIn } from '@tintype/language';
import type { Executor } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import { ExportedPostsDocument, type ExportedPostsQuery } from '@tintype/schema/internal/post';
import { makeZip } from 'client-zip';
import { request } from 'undici';
import type { Attempt } from './data-export.model.ts';
import { archiveKey } from './data-export.rules.ts';
import { PAGE_END, pagePost, pageStart } from './index-page.rules.ts';
import { type ExportedProfile, findExportedProfile, findNames } from './own-record.repository.ts';
import { createRecordLists, type RecordList } from './record-list.ts';

/** Called whenever a part is written. `total` is null until the parts are counted. */
export type Progress = (done: number, total: number | null) => void;

export type ExportWriter = {
  /**
   * Writes everything of a person to a ZIP file in the object store.
   *
   * @returns the number of its parts and its size; null if the account is deleted
   */
  write(attempt: Attempt, signal: AbortSignal, report: Progress): Promise<{ parts: number; byteSize: bigint } | null>;
};

type ExportedPost = ExportedPostsQuery['exportedPosts'][number];
/** A file in the ZIP file. */
type Part = { name: string; input: AsyncIterable<string | Uint8Array> };

type File = ExportedPost['photos'][number]['original'];

const RECORDS_AT_ONCE = 500;
const POSTS_AT_ONCE = 50;
/** Of an address that is read at once. */
const AVATAR_READ_S = 60;

export function createExportWriter(deps: {
  pool: Executor;
  client: SubgraphClient;
  store: Pick<ObjectStore, 'writeStream' | 'presignRead' | 'head'>;
}): ExportWriter {
  const { pool, client, store } = deps;
  const lists = createRecordLists({ pool, client });

  /** A JSON array with one record in each line. */
  async function* jsonOf({ list }: RecordList, userId: bigint): AsyncGenerator<string> {
    let separator = '[\n';
    for (let after = 0n; ; ) {
      const records = await list(userId, after, RECORDS_AT_ONCE);
      const names = await findNames(
        pool,
        records.flatMap(({ otherId }) => (otherId === null ? [] : [BigInt(otherId)])),
      );
      for (const { otherId, json } of records) {
        const username = otherId === null ? undefined : names.get(BigInt(otherId));
        yield separator + (username === undefined ? json : withUsername(json, username));
        separator = ',\n';
      }
      if (records.length < RECORDS_AT_ONCE) break;
      after = BigInt(records.at(-1)!.cursor);
    }
    yield separator === ',\n' ? '\n]\n' : '[]\n';
  }

  async function* postsOf(userId: bigint): AsyncGenerator<ExportedPost> {
    for (let after = '0'; ; ) {
      const page = { userId: String(userId), after, first: POSTS_AT_ONCE };
      const { exportedPosts } = await client.request(ExportedPostsDocument, page, platformIdentity());
      yield* exportedPosts;
      if (exportedPosts.length < POSTS_AT_ONCE) return;
      after = exportedPosts.at(-1)!.cursor;
    }
  }

  /** @param count is told the number of files of each post */
  async function* pageOf(
    userId: bigint,
    profile: ExportedProfile,
    count: (files: number) => void,
  ): AsyncGenerator<string> {
    const texts = textsIn(languageOf(profile.language));
    yield pageStart(
      profile,
      lists.map(({ path }) => path),
      texts,
    );
    for await (const post of postsOf(userId)) {
      count(filesOf(post).length);
      yield pagePost(post, texts);
    }
    yield PAGE_END;
  }

  async function* allFiles(userId: bigint, avatar: File | null): AsyncGenerator<File> {
    if (avatar) yield avatar;
    for await (const post of postsOf(userId)) yield* filesOf(post);
  }

  /** The next part is asked for when the one before it is written. @param report is told how far it is */
  async function* partsOf(
    userId: bigint,
    profile: ExportedProfile,
    signal: AbortSignal,
    report: Progress,
  ): AsyncGenerator<Part> {
    const avatar = profile.avatarKey === null ? null : await avatarFile(store, profile.avatarKey);
    let done = 0;
    for (const list of lists) {
      yield { name: list.path, input: jsonOf(list, userId) };
      report(++done, null);
    }
    let total = lists.length + 1 + (avatar ? 1 : 0);
    const page = pageOf(userId, profile, (files) => {
      total += files;
    });
    yield { name: 'index.html', input: page };
    report(++done, total);
    for await (const file of allFiles(userId, avatar)) {
      const part = await open(file, signal);
      if (part) yield part;
      report(++done, total);
    }
  }

  return {
    async write(attempt, signal, report) {
      const { userId } = attempt;
      const profile = await findExportedProfile(pool, userId);
      if (!profile) return null;
      let parts = 0;
      const zip = makeZip(
        partsOf(userId, profile, signal, (done, total) => {
          parts = done;
          report(done, total);
        }),
      );
      const key = archiveKey(attempt);
      await store.writeStream(key, Readable.from(zip), 'application/zip', signal);
      const written = await store.head(key);
      if (!written) throw new Error('The store does not have the ZIP file that it has just confirmed.');
      return { parts, byteSize: BigInt(written.byteSize) };
    },
  };
}

async function avatarFile(store: Pick<ObjectStore, 'presignRead'>, key: string): Promise<File> {
  return { path: 'avatar.webp', url: await store.presignRead(key, { expiresInS: AVATAR_READ_S }) };
}

function filesOf({ photos }: ExportedPost): File[] {
  return photos.flatMap(({ original, preview }) => [original, preview]);
}

/** @returns null if the file was deleted since */
async function open({ path, url }: File, signal: AbortSignal): Promise<Part | null> {
  const { statusCode, body } = await request(url, { signal });
  if (statusCode === 200) return { name: path, input: body };
  await body.dump();
  if (statusCode === 404) return null;
  throw new Error(`The object store answered ${statusCode} for the file ${path}.`);
}

function withUsername(json: string, username: string): string {
  const record: Record<string, unknown> = JSON.parse(json);
  return JSON.stringify({ username, ...record });
}
