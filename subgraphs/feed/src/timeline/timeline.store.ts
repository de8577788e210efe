import { inTime, type RedisHandle } from '@tintype/redis';
import { createLateCalls, StoreError } from '@tintype/viewer';
import {
  ACTIVE_S,
  AUTHOR_PREFIX,
  authorKey,
  BUILDING_S,
  HASHTAG_PREFIX,
  hashtagTimelineKey,
  homeKey,
  keyOfMember,
  memberOf,
  memberOfPull,
  pullOfMember,
} from './timeline.keys.ts';
import { LIBRARY, SOURCE } from './timeline.lua.ts';
import { type Entry, type EntryKey, LENGTHS, type Pull, type TimelineLengths } from './timeline.model.ts';

export type ReadOutcome =
  | { kind: 'page'; entries: Entry[] }
  /** There is no complete timeline of this reader. */
  | { kind: 'missing' }
  /** These timelines are lost, or were never built. */
  | { kind: 'lost'; pulls: Pull[] };

/** Whose timeline: a reader's home, a celebrity's own, or a hashtag's. */
export type TimelineName = { home: bigint } | Pull;

/** What a timeline is built from. */
export type TimelineContent = { entries: readonly Entry[]; pulls: readonly Pull[] };

export type TimelineStore = {
  lengths: TimelineLengths;
  /** Newest first after an entry, celebrities and hashtags merged in; one round trip. */
  read(readerId: bigint, after: Entry | null, count: number): Promise<ReadOutcome>;
  /** Into those of the timelines that exist. @returns how many have it now and had not before */
  push(entry: Entry, names: readonly TimelineName[]): Promise<number>;
  remove(entries: readonly EntryKey[], names: readonly TimelineName[]): Promise<void>;
  /** An author's newest posts into one timeline, if it exists. @param more whether the author has older ones */
  fill(name: TimelineName, entries: readonly Entry[], more: boolean): Promise<void>;
  /** Which of these readers have a timeline, complete or being built. */
  existing(readerIds: readonly bigint[]): Promise<bigint[]>;
  /** A timeline that nobody reads any more. */
  drop(name: TimelineName): Promise<void>;
  /** Everything in a timeline. */
  keys(name: TimelineName): Promise<EntryKey[]>;
  /** It is merged in when those of these readers read who have a timeline. */
  addPull(pull: Pull, readerIds: readonly bigint[]): Promise<void>;
  removePull(pull: Pull, readerIds: readonly bigint[]): Promise<void>;
  /** From now on pushes reach this timeline. @returns the token of who builds it; `busy` while another builds, `complete` where it is */
  begin(name: TimelineName): Promise<string>;
  /** Adds to what is being built and takes back what was added before. @returns false where the token is not valid any more */
  put(name: TimelineName, token: string, content: TimelineContent, back?: TimelineContent): Promise<boolean>;
  /** Readers read it from now on. @param oldest of its entries, where there are older ones. @returns false as `put` does */
  complete(name: TimelineName, token: string, oldest: Entry | null): Promise<boolean>;
};

/** Who builds for longer, or died, is replaced. */
const BUILDER_MS = 3000;
/** A read that waits longer is answered from Postgres. */
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
  const keyOf = (name: TimelineName) => {
    if ('home' in name) return redis.key(homeKey(name.home));
    return redis.key('author' in name ? authorKey(name.author) : hashtagTimelineKey(name.hashtag));
  };
  const homes = (readerIds: readonly bigint[]) => readerIds.map((home) => keyOf({ home }));

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
      await inTime(load(), ms);
      return inTime(client.sendCommand(command), ms);
    }
  };

  const late = createLateCalls();

  /** A Redis that does not answer is not waited for by each reader. */
  const callRead = async (readerId: bigint, args: readonly string[]): Promise<[ReadOutcome['kind'], ...string[]]> => {
    if (!late.allows('read')) throw new StoreError('UNAVAILABLE');
    try {
      const answer = await call('read', homes([readerId]), args, READ_MS);
      late.answered('read');
      return answer as [ReadOutcome['kind'], ...string[]];
    } catch (error) {
      if (error instanceof StoreError) late.late('read');
      throw error;
    }
  };

  const placeOf = (entry: Entry) => [String(entry.publishedMs), memberOf(entry)];

  return {
    lengths,
    async read(readerId, after, count) {
      const place = after ? placeOf(after) : ['', ''];
      const prefixes = [redis.key(AUTHOR_PREFIX), redis.key(HASHTAG_PREFIX)];
      const args = [...prefixes, String(ACTIVE_S), ...place, String(count), shown];
      const [kind, ...rest] = await callRead(readerId, args);
      if (kind === 'missing') return { kind };
      if (kind === 'lost') return { kind, pulls: rest.map(pullOfMember) };
      const entries: Entry[] = [];
      for (let index = 0; index < rest.length; index += 2) {
        entries.push({ ...keyOfMember(rest[index]!), publishedMs: BigInt(rest[index + 1]!) });
      }
      return { kind, entries };
    },
    async push(entry, names) {
      const args = [memberOf(entry), String(entry.publishedMs), shown, ...cutting];
      return (await call('push', names.map(keyOf), args)) as number;
    },
    async remove(entries, names) {
      if (entries.length === 0 || names.length === 0) return;
      await call('remove', names.map(keyOf), [shown, ...entries.map(memberOf)]);
    },
    async fill(name, entries, more) {
      if (entries.length === 0) return;
      await call('fill', [keyOf(name)], [...cutting, more ? '1' : '0', ...entries.flatMap(placeOf)]);
    },
    async existing(readerIds) {
      const found = await inTime(Promise.all(homes(readerIds).map((key) => client.exists(key))), WRITE_MS);
      return readerIds.filter((_, index) => found[index] === 1);
    },
    async drop(name) {
      await inTime(client.unlink(keyOf(name)), WRITE_MS);
    },
    async keys(name) {
      return (await inTime(client.zRangeByScore(keyOf(name), '(0.5', '+inf'), WRITE_MS)).map(keyOfMember);
    },
    async addPull(pull, readerIds) {
      if (readerIds.length > 0) await call('pull', homes(readerIds), [memberOfPull(pull)]);
    },
    async removePull(pull, readerIds) {
      if (readerIds.length > 0) await call('remove', homes(readerIds), [shown, memberOfPull(pull)]);
    },
    async begin(name) {
      return (await call('begin', [keyOf(name)], [String(builderMs * 1000), String(BUILDING_S)])) as string;
    },
    async put(name, token, { entries, pulls }, back = { entries: [], pulls: [] }) {
      const takenBack = [...back.entries.map(memberOf), ...back.pulls.map(memberOfPull)];
      const added = [...entries.flatMap(placeOf), ...pulls.flatMap((pull) => ['-1', memberOfPull(pull)])];
      return (await call('put', [keyOf(name)], [token, String(takenBack.length), ...takenBack, ...added])) === 1;
    },
    async complete(name, token, oldest) {
      const args = [token, String(ACTIVE_S), shown, ...cutting, ...(oldest ? placeOf(oldest) : [])];
      return (await call('complete', [keyOf(name)], args)) === 1;
    },
  };
}
