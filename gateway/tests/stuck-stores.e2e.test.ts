import { parseGlobalId, postLink } from '@tintype/ids';
import * as operations from '@tintype/schema/operations';
import {
  CreateCommentDocument,
  CreateUploadDocument,
  FollowUserDocument,
  HomeFeedDocument,
  MeDocument,
  NotificationsDocument,
} from '@tintype/schema/operations';
import { publicSettings } from '@tintype/service';
import { createFreezable, eventually, type Freezable, sharedAddresses } from '@tintype/testing';
import { Kind, parse } from 'graphql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow, type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { giveRole, openCase } from './platform/staff.ts';
import { type EventReader, readEvents } from './stub/event-reader.ts';

const UPLOADS = 30;

type Answer = { data: Record<string, unknown> | null; errors?: { extensions: { code: string } }[] };

const queries = Object.entries(operations).flatMap(([name, text]) => {
  if (!name.endsWith('Document')) return [];
  const [operation] = parse(String(text)).definitions;
  const isQuery = operation?.kind === Kind.OPERATION_DEFINITION && operation.operation === 'query';
  return isQuery ? [{ name, text: String(text) }] : [];
});

/** Error codes that a client may get while a dependency does not answer. */
const TYPED = ['UNAVAILABLE', 'TIMEOUT', 'OVERLOADED'];

describe.each(SHAPES)('stores that stand still, %s', (shape) => {
  let platform: TestPlatform;
  let postgres: Freezable;
  let redis: Freezable;
  let author: Person;
  let reader: Person;

  beforeAll(async () => {
    const addresses = sharedAddresses();
    postgres = await createFreezable(addresses.DATABASE_URL!);
    redis = await createFreezable(addresses.REDIS_URL!);
    platform = await startTestPlatform(shape, {}, { ...addresses, DATABASE_URL: postgres.url, REDIS_URL: redis.url });
    // On a busy machine, a platform may refuse its first requests.
    author = await eventually(() => register(platform.client, 'author'));
    reader = await eventually(() => register(platform.client, 'reader'));
    await eventually(() => follow(reader, author));
  });
  afterAll(async () => {
    postgres?.thaw();
    redis?.thaw();
    await platform?.close();
    await Promise.all([postgres?.close(), redis?.close()]);
  });

  const feed = async (): Promise<string[]> => {
    const { homeFeed } = await reader.client.request(HomeFeedDocument, { first: 20 });
    return homeFeed!.edges.map(({ node }) => node!.id);
  };

  async function ask(query: string, variables: object = {}): Promise<Answer> {
    const response = await fetch(platform.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${reader.token}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  it('a locked table affects only what reads or writes it', async () => {
    const postId = await eventually(() => publish(author, 'before the lock'));
    await eventually(async () => expect(await feed()).toContain(postId));
    const direct = new URL(platform.environment.env.DATABASE_URL!);
    direct.port = new URL(sharedAddresses().DATABASE_URL!).port;
    const holder = new pg.Client({ connectionString: direct.href });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE engagement.comment');
    let locked = true;
    const people = await Promise.all([1, 2, 3].map(() => eventually(() => register(platform.client, 'busy'))));
    const comment = async ({ client }: Person) => {
      while (locked) {
        await client.request(CreateCommentDocument, { input: { postId, text: 'is it?' } }).catch(() => undefined);
      }
    };
    const comments = Promise.all(people.flatMap((person) => [person, person, person, person]).map(comment));
    try {
      for (let round = 0; round < 3; round++) {
        await eventually(async () => expect(await feed()).toContain(postId));
        await eventually(() => reader.client.request(MeDocument, {}));
        await eventually(() => reader.client.request(FollowUserDocument, { userId: people[round]!.id }));
        const files = [{ contentType: 'image/jpeg', byteSize: 1000 }];
        await eventually(() => reader.client.request(CreateUploadDocument, { input: { files, purpose: 'POST' } }));
        await eventually(() => author.client.request(NotificationsDocument, {}));
      }
    } finally {
      locked = false;
      await holder.end();
    }
    await comments;
    await eventually(async () => {
      const { createComment } = await reader.client.request(CreateCommentDocument, {
        input: { postId, text: 'It is.' },
      });
      expect(createComment!.errors).toEqual([]);
    });
  });

  it('a table locked for one mutation affects no other one', async () => {
    const direct = new URL(platform.environment.env.DATABASE_URL!);
    direct.port = new URL(sharedAddresses().DATABASE_URL!).port;
    const holder = new pg.Client({ connectionString: direct.href });
    const people = await Promise.all([1, 2, 3].map(() => eventually(() => register(platform.client, 'keen'))));
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE social_graph.follow');
    let locked = true;
    const insist = async ({ client }: Person) => {
      while (locked) await client.request(FollowUserDocument, { userId: author.id }).catch(() => undefined);
    };
    const follows = Promise.all(people.flatMap((person) => [person, person, person, person]).map(insist));
    const failed: unknown[] = [];
    try {
      const files = [{ contentType: 'image/jpeg', byteSize: 1000 }];
      for (let n = 0; n < UPLOADS; n++) {
        const input = { files, purpose: 'POST' as const };
        await reader.client.request(CreateUploadDocument, { input }).catch((error) => failed.push(error));
      }
    } finally {
      locked = false;
      await holder.end();
    }
    await follows;
    // On a busy machine, a request may be refused, but not several in a row.
    expect(failed.length, String(failed[0])).toBeLessThan(UPLOADS / 10);
    await eventually(() => follow(people[0]!, author));
  });

  it('a frozen Postgres gives UNAVAILABLE, and ends neither processes nor subscriptions', async () => {
    await eventually(async () => expect((await feed()).length).toBeGreaterThan(0));
    const document = 'subscription { notificationAdded { changeId } }';
    const listener: EventReader = await readEvents(`${platform.url}/events?query=${encodeURIComponent(document)}`, {
      headers: { authorization: `Bearer ${reader.token}` },
    });
    let hasEnded = false;
    void listener.ended.then(() => {
      hasEnded = true;
    });
    postgres.freeze();
    try {
      await eventually(async () => {
        const { errors } = await ask('{ me { username } }');
        expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAVAILABLE']);
      });
      const { data, errors } = await ask('{ homeFeed { edges { node { caption likeCount author { username } } } } }');
      expect(data).toEqual({ homeFeed: null });
      expect(errors).toHaveLength(1);
      for (const { extensions } of errors!) expect(TYPED).toContain(extensions.code);
    } finally {
      postgres.thaw();
    }
    await eventually(async () => {
      expect((await feed()).length).toBeGreaterThan(0);
      const { data } = await ask('{ homeFeed { isStale } }');
      expect(data).toEqual({ homeFeed: { isStale: false } });
    });
    const follower = await eventually(() => register(platform.client, 'late'));
    await eventually(() => follow(follower, reader));
    // A lost signal delays an event by at most 45 s.
    await eventually(() => expect(listener.results().length).toBeGreaterThan(0), { timeoutMs: 60_000 });
    expect(hasEnded).toBe(false);
    listener.close();
  });

  it('a frozen Redis slows feeds down, and posts from that time are in them afterwards', async () => {
    let postId = '';
    redis.freeze();
    try {
      postId = await eventually(() => publish(author, 'while Redis stood still'));
      await eventually(async () => expect((await feed()).length).toBeGreaterThan(0));
    } finally {
      redis.thaw();
    }
    await eventually(async () => expect(await feed()).toContain(postId));
  });

  it('everything that is read is answered while Redis stands still', async () => {
    const postId = await eventually(() => publish(author, 'by the #weir'));
    const input = { postId, text: 'which one?' };
    const { createComment } = await eventually(() => reader.client.request(CreateCommentDocument, { input }));
    const { caseId } = await openCase(platform, { postId });
    await giveRole(platform, reader, 'ADMIN');
    const variables = {
      caseId,
      ...{ id: postId, postId, commentId: createComment!.comment!.id, authorId: author.id, commenterId: reader.id },
      ...{ username: author.username, name: 'weir', hashtag: 'weir', query: 'weir', prefix: 'we' },
      ids: [postId, author.id],
      link: postLink(platform.environment.config.of(publicSettings).publicUrl, parseGlobalId('Post', postId)!),
    };
    const whole = ({ name, text }: { name: string; text: string }) =>
      eventually(async () => {
        const { data, errors } = await ask(text, variables);
        expect(errors, name).toBeUndefined();
        return data!;
      });
    for (const query of queries) await whole(query);
    redis.freeze();
    try {
      expect(queries.length).toBeGreaterThan(20);
      for (const query of queries) await whole(query);
    } finally {
      redis.thaw();
    }
  });
});
