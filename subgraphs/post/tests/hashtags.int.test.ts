import { globalId } from '@tintype/ids';
import { hashtagKey } from '@tintype/text';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COUNTED_HASHTAGS } from '#hashtag/related-hashtag.repository.ts';
import { insertPost } from '#post/post.repository.ts';
import { type HashtagFixture, idsOf, openHashtags } from './hashtag.fixture.ts';

let fixture: HashtagFixture;
beforeAll(async () => {
  fixture = await openHashtags();
});
afterAll(() => fixture?.close());

let round = 0;
let tag: string;
beforeEach(() => {
  tag = `round${++round}x`;
});

describe('a hashtag', () => {
  test('is the same in every spelling, and has the name that was used first', async () => {
    const first = await fixture.publish(fixture.author, `the #${tag.toUpperCase()}`);
    const second = await fixture.publish(fixture.author, `again #${tag}`);
    for (const name of [tag, `#${tag}`, tag.toUpperCase(), `＃${tag}`]) {
      const found = await fixture.find(null, name, { first: 10 });
      expect(found).toMatchObject({ key: tag, name: tag.toUpperCase(), postCount: 2 });
      expect(idsOf(found!.recentPosts)).toEqual([second, first]);
    }
  });

  test.each(['HIDDEN', 'REMOVED'])(
    'that only %s posts have looks like one that nobody has used',
    async (restriction) => {
      const other = `${tag}other`;
      const ids = [];
      for (let count = 0; count < 2; count++) ids.push(await fixture.publish(fixture.author, `#${tag} #${other}`));
      await fixture.publish(fixture.author, `#${other}`);
      const restrict = `mutation ($id: Snowflake!) {
      restrictPost(id: $id, restriction: ${restriction}, decisionId: "1") }`;
      for (const id of ids) {
        expect((await fixture.find(null, tag))?.postCount).toBe(2 - ids.indexOf(id));
        const variables = { id: id.split('_')[1] };
        await fixture.posts.graph.askAs('moderation', 'post', null, restrict, variables);
      }
      expect(await fixture.find(null, tag)).toBeNull();
      const found = await fixture.find(null, other);
      expect([found?.postCount, found?.relatedHashtags]).toEqual([1, []]);
    },
  );

  test('is the same from every keyboard', async () => {
    const [persian, arabic] = [`ایرانی${tag}`, `ايراني${tag}`];
    const posts = [
      await fixture.publish(fixture.author, `#${persian}`),
      await fixture.publish(fixture.author, `#${arabic} #${persian}`),
    ];
    for (const name of [persian, arabic]) {
      const found = await fixture.find(null, name, { first: 10 });
      expect(found).toMatchObject({ key: arabic, name: persian, postCount: 2 });
      expect(idsOf(found!.recentPosts)).toEqual(posts.toReversed());
    }
  });

  test.each(['کتاب_خوانی', '👨‍👩‍👧‍👦', 'NewHere'])(
    'is named as it is written before any post with it is published: %s',
    async (written) => {
      const { environment, graph } = fixture.posts;
      const { ids, database } = environment;
      const [id, caption] = [ids.next(), `#${written}${tag}`];
      const post = { id, authorId: fixture.author, caption, audience: 'EVERYONE', mentionedIds: [] } as const;
      await insertPost(database.pool, post);
      const query = 'query ($id: ID!) { post(id: $id) { state hashtags { name } } }';
      expect(await graph.ask('post', fixture.author, query, { id: globalId('Post', post.id) })).toEqual({
        post: { state: 'PROCESSING', hashtags: [{ name: `${written}${tag}` }] },
      });
    },
  );

  test('counts a post once, from its publication to its deletion', async () => {
    const id = await fixture.publish(fixture.author, `#${tag} #${tag} #${tag.toUpperCase()}`);
    expect((await fixture.find(null, tag))?.postCount).toBe(1);
    await fixture.remove(fixture.author, id);
    await fixture.remove(fixture.author, id);
    expect(await fixture.find(null, tag)).toBeNull();
    const reference = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hashtag { name postCount } } }';
    const r = [
      { __typename: 'Hashtag', key: tag },
      { __typename: 'Hashtag', key: '!' },
      // As of a comment, for example.
      { __typename: 'Hashtag', key: hashtagKey(`${tag}바보ㅋㅋ`) },
    ];
    expect(await fixture.posts.graph.ask('post', null, reference, { r })).toEqual({
      _entities: [{ name: tag, postCount: 0 }, null, { name: `${tag}바보ㅋㅋ`, postCount: 0 }],
    });
  });

  test.each([
    ['empty', ''],
    ['a mere sign', '#'],
    ['digits', '12'],
    ['two words', 'two words'],
    ['two hashtags', 'a#b'],
    ['long', 'x'.repeat(10_000)],
    ['a direction', '\u202e'],
    ['a null character', '\u0000'],
    ['a quote', "';--"],
  ])('does not exist if the name is %s', async (_, name) => {
    expect(await fixture.find(null, name)).toBeNull();
  });

  test('of a post that is processing or has failed does not exist yet', async () => {
    const { database, ids } = fixture.posts.environment;
    const text = `INSERT INTO post.post (author_id, id, caption, state) VALUES ($1, $2, $3, 'PROCESSING')`;
    await database.pool.query(text, [fixture.author, ids.next(), `#${tag}`]);
    expect(await fixture.find(fixture.author, tag)).toBeNull();
  });

  test('is listed by its posts, in the order of the caption', async () => {
    const id = await fixture.publish(fixture.author, `#${tag}b and #${tag}A and #${tag}b`);
    const query = `{ post(id: "${id}") { hashtags { key name postCount } } }`;
    expect(await fixture.posts.graph.ask('post', null, query)).toEqual({
      post: {
        hashtags: [
          { key: `${tag}b`, name: `${tag}b`, postCount: 1 },
          { key: `${tag}a`, name: `${tag}A`, postCount: 1 },
        ],
      },
    });
  });
});

describe('related hashtags', () => {
  test('are those that occur with it more than with others', async () => {
    const [sea, boat, love] = [`${tag}sea`, `${tag}boat`, `${tag}love`];
    for (let index = 0; index < 4; index++) await fixture.publish(fixture.author, `#${sea} #${boat}`);
    for (let index = 0; index < 6; index++) await fixture.publish(fixture.author, `#${sea} #${love}`);
    for (let index = 0; index < 30; index++) await fixture.publish(fixture.author, `#${love} #${tag}other${index}`);
    // 4 of 10 posts with either hashtag, and 6 of 40.
    expect((await fixture.find(null, sea))?.relatedHashtags).toEqual([{ key: boat }, { key: love }]);
    expect((await fixture.find(null, love, { related: 1 }))?.relatedHashtags).toEqual([{ key: sea }]);
  });

  test('do not include the pairs of private accounts', async () => {
    const [sea, secret] = [`${tag}sea`, `${tag}secret`];
    const id = await fixture.publish(fixture.hermit, `#${sea} #${secret}`);
    await fixture.publish(fixture.author, `#${sea} #${tag}boat`);
    expect((await fixture.find(null, sea))?.relatedHashtags).toEqual([{ key: `${tag}boat` }]);
    expect((await fixture.find(fixture.hermit, secret))?.relatedHashtags).toEqual([]);
    await fixture.remove(fixture.hermit, id);
    expect((await fixture.find(null, sea))?.relatedHashtags).toEqual([{ key: `${tag}boat` }]);
  });

  test('do not include the pairs of authors who have been hidden since', async () => {
    const { world } = fixture.posts;
    const [sea, boat, wreck] = [`${tag}sea2`, `${tag}boat2`, `${tag}wreck2`];
    await fixture.publish(fixture.author, `#${sea} #${boat}`);
    await fixture.publish(fixture.other, `#${sea} #${boat} #${wreck}`);
    const seenBy = async (viewer: bigint | null) =>
      (await fixture.find(viewer, sea))?.relatedHashtags.map(({ key }) => key);
    expect(await seenBy(null)).toEqual([boat, wreck]);
    for (const viewer of [null, fixture.stranger]) {
      await world.setPrivate(fixture.other);
      expect(await seenBy(viewer)).toEqual([boat]);
      await world.setPrivate(fixture.other, false);
      await world.deactivate(fixture.other);
      expect(await seenBy(viewer)).toEqual([boat]);
      await world.reactivate(fixture.other);
    }
    await world.block(fixture.other, fixture.stranger);
    expect(await seenBy(fixture.stranger)).toEqual([boat]);
    expect(await seenBy(null)).toEqual([boat, wreck]);
  });

  test('come from the first hashtags of a caption', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `${tag}n${String(index).padStart(2, '0')}`);
    const id = await fixture.publish(fixture.author, names.map((name) => `#${name}`).join(' '));
    expect((await fixture.find(null, names[0]!, { related: 50 }))?.relatedHashtags).toHaveLength(COUNTED_HASHTAGS - 1);
    expect((await fixture.find(null, names[COUNTED_HASHTAGS]!, { related: 50 }))?.relatedHashtags).toEqual([]);
    await fixture.remove(fixture.author, id);
    const { rows } = await fixture.posts.environment.database.pool.query(
      'SELECT count(*)::int AS n FROM post.hashtag_cooccurrence WHERE key = ANY($1)',
      [names],
    );
    expect(rows[0].n).toBe(0);
  });
});

describe('createPost', () => {
  const create = async (caption: string) =>
    (await fixture.posts.createPost(fixture.author, [{ uploadId: globalId('Upload', 1n) }], caption)).errors;
  const list = (count: number, sign: string) =>
    Array.from({ length: count }, (_, index) => `${sign}n${index}a`).join(' ');

  test('accepts 30 hashtags and 20 mentions, and no more', async () => {
    const path = ['input', 'caption'];
    expect(await create(list(31, '#'))).toEqual([{ code: 'TOO_MANY_HASHTAGS', path }]);
    expect(await create(list(21, '@'))).toEqual([{ code: 'TOO_MANY_MENTIONS', path }]);
    expect(await create(`${list(31, '#')} ${list(21, '@')}`)).toEqual([
      { code: 'TOO_MANY_MENTIONS', path },
      { code: 'TOO_MANY_HASHTAGS', path },
    ]);
    expect(await create(`${list(30, '#')} ${list(30, '#')} ${list(20, '@')}`)).toMatchObject([
      { code: 'UPLOAD_NOT_FOUND' },
    ]);
  });
});
