import { createBreaker } from '@tintype/bounds';
import { type RedisHandle, withRedisTimeout } from '@tintype/redis';
import { StoreError } from '@tintype/viewer';
import {
  ACTIVE_S,
  AUTHOR_PREFIX,
  authorKey,
  BUILDING_S,
  entryOfMember,
  HASHTAG_PREFIX,
  hashtagTimelineKey,
  homeKey,
  memberOf,
  memberOfPull,
  pullOfMember,
} from './timeline.keys.ts';
import { LIBRARY, SOURCE } from './timeline.lua.ts';
import { type Entry, type EntryKey, LENGTHS, type Pull, type TimelineLengths } from './timeline.model.ts';

export type ReadOutcome =
  | { kind: 'page'; entries: Entry[] }
  /** The reader has no complete timeline. */
  | { kind: 'missing' }
  /** These merged timelines were lost or never built. */
  | { kind: 'lost'; pulls: Pull[] };

/** Identifies the home timeline of a reader, or the timeline of a celebrity or hashtag. */
export type TimelineName = { home: bigint } | Pull;

/** The content of a timeline when it is built. */
export type TimelineContent = { entries: readonly Entry[]; pulls: readonly Pull[] };

export type TimelineStore = {
  lengths: TimelineLengths;
  /** The newest entries after an entry, with celebrities and hashtags merged in. Takes one round trip. */
  read(readerId: bigint, after: Entry | null, count: number): Promise<ReadOutcome>;
  /** Adds an entry to those timelines that exist. @returns to how many it was added */
  push(entry: Entry, names: readonly TimelineName[]): Promise<number>;
  remove(entries: readonly EntryKey[], names: readonly TimelineName[]): Promise<void>;
  /** Adds an author's newest posts to a timeline if it exists. @param more whether the author has older posts */
  fill(name: TimelineName, entries: readonly Entry[], more: boolean): Promise<void>;
  /** Which of these readers have a timeline, complete or unfinished. */
  existing(readerIds: readonly bigint[]): Promise<bigint[]>;
  /** Deletes a timeline. */
  delete(name: TimelineName): Promise<void>;
  /** All entries of a timeline. */
  keys(name: TimelineName): Promise<EntryKey[]>;
  /** Merges a timeline into the feeds of these readers, if they have a timeline. */
  addPull(pull: Pull, readerIds: readonly bigint[]): Promise<void>;
  removePull(pull: Pull, readerIds: readonly bigint[]): Promise<void>;
  /**
   * Starts a timeline, so that pushes reach it.
   *
   * @returns a token for the builder, `busy` while another process builds it, or `complete`
   */
  begin(name: TimelineName): Promise<string>;
  /**
   * Adds content to an unfinished timeline and removes what was added before.
   *
   * @returns false if the token is no longer valid
   */
  put(name: TimelineName, token: string, content: TimelineContent, remove?: TimelineContent): Promise<boolean>;
  /**
   * Marks a timeline as complete, so that it can be read.
   *
   * @param oldest the oldest entry, if there are older posts.
   * @returns false like `put`
   */
  complete(name: TimelineName, token: string, oldest: Entry | null): Promise<boolean>;
};

/** After this time, another process may take over. */
const BUILDER_MS = 3000;
/** If a read takes longer, the feed is read from Postgres. */
const READ_MS = 250;
const WRITE_MS = 5000;

export function createTimelineStore(
  redis: RedisHandle,
  options: { lengths?: TimelineLengths; builderMs?: number } = {},
): TimelineStore {
  const { client } = redis;
  const { lengths = LENGTHS, builderMs = BUILDER_MS } = options;
  const shown = String(lengths.shown);
  const cutting = [String(lengths.kept), String(lengths.cutAt)];
  const timelineKey = (name: TimelineName) => {
    if ('home' in name) return redis.key(homeKey(name.home));
    return redis.key('author' in name ? authorKey(name.author) : hashtagTimelineKey(name.hashtag));
  };
  const homes = (readerIds: readonly bigint[]) => readerIds.map((home) => timelineKey({ home }));

  let loading: Promise<unknown> | undefined;
  const load = () => {
    loading ??= client.functionLoad(SOURCE, { REPLACE: true }).finally(() => {
      loading = undefined;
    });
    return loading;
  };

  /** Calls a function of the library. An emptied Redis has lost the library, which is then loaded again. */
  const call = async (
    name: string,
    keys: readonly string[],
    args: readonly string[],
    ms = WRITE_MS,
  ): Promise<unknown> => {
    const command = ['FCALL', `${LIBRARY}_${name}`, String(keys.length), ...keys, ...args];
    try {
      return await withRedisTimeout(client.sendCommand(command), ms);
    } catch (error) {
      if (!(error as Error).message.includes('Function not found')) throw error;
      await withRedisTimeout(load(), ms);
      return withRedisTimeout(client.sendCommand(command), ms);
    }
  };

  const breaker = createBreaker();

  /** If Redis does not respond, not every reader waits for it. */
  const callRead = async (readerId: bigint, args: readonly string[]): Promise<[ReadOutcome['kind'], ...string[]]> => {
    if (!breaker.allows('read')) throw new StoreError('UNAVAILABLE');
    try {
      const answer = await call('read', homes([readerId]), args, READ_MS);
      breaker.succeeded('read');
      return answer as [ReadOutcome['kind'], ...string[]];
    } catch (error) {
      if (error instanceof StoreError) breaker.failed('read');
      throw error;
    }
  };

  const scoreAndMember = (entry: Entry) => [String(entry.publishedMs), memberOf(entry)];

  return {
    lengths,
    async read(readerId, after, count) {
      const start = after ? scoreAndMember(after) : ['', ''];
      const prefixes = [redis.key(AUTHOR_PREFIX), redis.key(HASHTAG_PREFIX)];
      const args = [...prefixes, String(ACTIVE_S), ...start, String(count), shown];
      const [kind, ...rest] = await callRead(readerId, args);
      if (kind === 'missing') return { kind };
      if (kind === 'lost') return { kind, pulls: rest.map(pullOfMember) };
      const entries: Entry[] = [];
      for (let index = 0; index < rest.length; index += 2) {
        entries.push({ ...entryOfMember(rest[index]!), publishedMs: BigInt(rest[index + 1]!) });
      }
      return { kind, entries };
    },
    async push(entry, names) {
      const args = [memberOf(entry), String(entry.publishedMs), shown, ...cutting];
      return (await call('push', names.map(timelineKey), args)) as number;
    },
    async remove(entries, names) {
      if (entries.length === 0 || names.length === 0) return;
      await call('remove', names.map(timelineKey), [shown, ...entries.map(memberOf)]);
    },
    async fill(name, entries, more) {
      if (entries.length === 0) return;
      await call('fill', [timelineKey(name)], [...cutting, more ? '1' : '0', ...entries.flatMap(scoreAndMember)]);
    },
    async existing(readerIds) {
      const found = await withRedisTimeout(Promise.all(homes(readerIds).map((key) => client.exists(key))), WRITE_MS);
      return readerIds.filter((_, index) => found[index] === 1);
    },
    async delete(name) {
      await withRedisTimeout(client.unlink(timelineKey(name)), WRITE_MS);
    },
    async keys(name) {
      return (await withRedisTimeout(client.zRangeByScore(timelineKey(name), '(0.5', '+inf'), WRITE_MS)).map(
        entryOfMember,
      );
    },
    async addPull(pull, readerIds) {
      if (readerIds.length > 0) await call('pull', homes(readerIds), [memberOfPull(pull)]);
    },
    async removePull(pull, readerIds) {
      if (readerIds.length > 0) await call('remove', homes(readerIds), [shown, memberOfPull(pull)]);
    },
    async begin(name) {
      return (await call('begin', [timelineKey(name)], [String(builderMs * 1000), String(BUILDING_S)])) as string;
    },
    async put(name, token, { entries, pulls }, remove = { entries: [], pulls: [] }) {
      const removed = [...remove.entries.map(memberOf), ...remove.pulls.map(memberOfPull)];
      const added = [...entries.flatMap(scoreAndMember), ...pulls.flatMap((pull) => ['-1', memberOfPull(pull)])];
      return (await call('put', [timelineKey(name)], [token, String(removed.length), ...removed, ...added])) === 1;
    },
    async complete(name, token, oldest) {
      const args = [token, String(ACTIVE_S), shown, ...cutting, ...(oldest ? scoreAndMember(oldest) : [])];
      return (await call('complete', [timelineKey(name)], args)) === 1;
    },
  };
}
