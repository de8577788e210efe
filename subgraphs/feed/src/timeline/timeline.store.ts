import { inTime, type RedisHandle } from '@tintype/redis';
import { ACTIVE_S, AUTHOR_PREFIX, authorKey, homeKey, memberOf, pullsKey } from './timeline.keys.ts';
import { LIBRARY, SOURCE } from './timeline.lua.ts';
import { CUT_AT, type Entry, FEED_LENGTH, KEPT } from './timeline.model.ts';

export type ReadOutcome =
  | { kind: 'page'; entries: Entry[] }
  /** There is no complete timeline of this reader. */
  | { kind: 'missing' }
  /** These celebrities' timelines are lost. */
  | { kind: 'authors'; authorIds: bigint[] };

/** Whose timeline: a reader's home, or a celebrity's own. */
export type TimelineName = { home: bigint } | { author: bigint };

export type TimelineStore = {
  /** Newest first after an entry, celebrities merged in; one round trip. */
  read(readerId: bigint, after: Entry | null, count: number): Promise<ReadOutcome>;
  /** Into those of the timelines that exist. @returns how many have it now and had not before */
  push(entry: Entry, names: readonly TimelineName[]): Promise<number>;
  remove(postIds: readonly bigint[], names: readonly TimelineName[]): Promise<void>;
  /** Several entries into one timeline, if it exists. */
  fill(name: TimelineName, entries: readonly Entry[]): Promise<void>;
  /** From now on pushes reach this timeline, and readers know that it is not complete. */
  begin(name: TimelineName): Promise<void>;
  /** @param cut whether there is more than these entries. @returns false where the timeline was lost meanwhile */
  complete(name: TimelineName, entries: readonly Entry[], cut: boolean): Promise<boolean>;
  /** Which of these readers have a timeline, complete or being built. */
  existing(readerIds: readonly bigint[]): Promise<bigint[]>;
  pulls(readerId: bigint): Promise<bigint[]>;
  addPulls(readerId: bigint, authorIds: readonly bigint[]): Promise<void>;
  removePulls(readerId: bigint, authorIds: readonly bigint[]): Promise<void>;
};

/** How long a timeline that is being built may take before it is gone again. */
const BUILDING_S = 60;
/** A read that waits longer is answered from Postgres. */
const READ_MS = 250;
const WRITE_MS = 5000;

export function createTimelineStore(redis: RedisHandle): TimelineStore {
  const { client } = redis;
  const keyOf = (name: TimelineName) => redis.key('home' in name ? homeKey(name.home) : authorKey(name.author));
  const pairKeys = (readerId: bigint) => [redis.key(homeKey(readerId)), redis.key(pullsKey(readerId))];

  let loading: Promise<unknown> | undefined;
  const load = () => {
    loading ??= client.functionLoad(SOURCE, { REPLACE: true }).finally(() => {
      loading = undefined;
    });
    return loading;
  };

  /** Calls a function of the library; an emptied Redis has lost that too. */
  const call = async (
    name: string,
    keys: readonly string[],
    args: readonly string[],
    ms = WRITE_MS,
  ): Promise<unknown> => {
    const command = ['FCALL', `${LIBRARY}_${name}`, String(keys.length), ...keys, ...args];
    try {
      return await inTime(client.sendCommand(command), ms);
    } catch (error) {
      if (!(error as Error).message.includes('Function not found')) throw error;
      await load();
      return inTime(client.sendCommand(command), ms);
    }
  };

  const toArgs = (entries: readonly Entry[]) =>
    entries.flatMap(({ postId, publishedMs }) => [String(publishedMs), memberOf(postId)]);

  return {
    async read(readerId, after, count) {
      const place = after ? [String(after.publishedMs), memberOf(after.postId)] : ['', ''];
      const args = [redis.key(AUTHOR_PREFIX), String(ACTIVE_S), ...place, String(count), String(FEED_LENGTH)];
      const [kind, ...rest] = (await call('read', pairKeys(readerId), args, READ_MS)) as [
        ReadOutcome['kind'],
        ...string[],
      ];
      if (kind === 'missing') return { kind };
      if (kind === 'authors') return { kind, authorIds: rest.map(BigInt) };
      const entries: Entry[] = [];
      for (let index = 0; index < rest.length; index += 2) {
        entries.push({ postId: BigInt(rest[index]!), publishedMs: BigInt(rest[index + 1]!) });
      }
      return { kind, entries };
    },
    async push(entry, names) {
      const args = [memberOf(entry.postId), entry.publishedMs, FEED_LENGTH, KEPT, CUT_AT].map(String);
      return (await call('push', names.map(keyOf), args)) as number;
    },
    async remove(postIds, names) {
      if (postIds.length > 0 && names.length > 0) await call('remove', names.map(keyOf), postIds.map(memberOf));
    },
    async fill(name, entries) {
      if (entries.length > 0) await call('fill', [keyOf(name)], [String(KEPT), String(CUT_AT), ...toArgs(entries)]);
    },
    async begin(name) {
      await call('begin', [keyOf(name)], [String(BUILDING_S)]);
    },
    async complete(name, entries, cut) {
      const args = [String(ACTIVE_S), cut ? '0.5' : '0', ...toArgs(entries)];
      return (await call('complete', [keyOf(name)], args)) === 1;
    },
    async existing(readerIds) {
      const found = await inTime(Promise.all(readerIds.map((id) => client.exists(redis.key(homeKey(id))))), WRITE_MS);
      return readerIds.filter((_, index) => found[index] === 1);
    },
    async pulls(readerId) {
      return (await inTime(client.sMembers(redis.key(pullsKey(readerId))), WRITE_MS)).map(BigInt);
    },
    async addPulls(readerId, authorIds) {
      if (authorIds.length > 0) await call('pull', pairKeys(readerId), authorIds.map(String));
    },
    async removePulls(readerId, authorIds) {
      if (authorIds.length === 0) return;
      await inTime(client.sRem(redis.key(pullsKey(readerId)), authorIds.map(String)), WRITE_MS);
    },
  };
}
