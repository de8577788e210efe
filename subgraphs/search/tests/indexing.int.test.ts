import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FINAL_VERSION } from '#projection/projection.model.ts';
import { createProjectionService } from '#projection/projection.service.ts';
import { openSearch, type SearchFixture } from './search.fixture.ts';

let fixture: SearchFixture;
beforeAll(async () => {
  fixture = await openSearch();
});
afterAll(() => fixture?.close());

const found = (text: string, expected: string[]) =>
  eventually(async () => expect(await fixture.find(text)).toEqual(expected));

describe('the indexer', () => {
  test('indexes new accounts, changed usernames and changed display names', async () => {
    const one = await fixture.account('heronwatcher', { displayName: 'Grey Heron' });
    await found('heronwatcher', ['User:heronwatcher']);
    await fixture.world.updateProfile(one.id, { username: 'bitternwatcher', displayName: 'Bittern' });
    await found('bitternwatcher', ['User:bitternwatcher']);
    await found('heron grey', []);
  });

  test('indexes posts and their hashtags, and removes deleted posts', async () => {
    const author = await fixture.account('shorewalker');
    const post = await fixture.publish(author, 'Anemones at low tide #tidepools');
    await found('anemones', [`Post:${post.caption}`]);
    await found('tidepools', ['Hashtag:tidepools', `Post:${post.caption}`]);
    await fixture.world.deletePost(post.id);
    await found('anemones low', []);
    await found('#tidepools', []);
  });

  test('lets only followers find posts of private accounts, and nobody their hashtags', async () => {
    const author = await fixture.account('lanternroom');
    const friend = await fixture.account('lampfriend');
    await fixture.world.follow(friend.id, author.id);
    const post = await fixture.publish(author, 'Fresnel lens polished #lanternlight');
    await found('fresnel', [`Post:${post.caption}`]);
    await fixture.world.setPrivate(author.id);
    await found('#lanternlight', []);
    await found('fresnel lens', []);
    await eventually(async () => expect(await fixture.find('polished', friend)).toEqual([`Post:${post.caption}`]));
    expect(await fixture.find('fresnel', author)).toEqual([`Post:${post.caption}`]);
    await found('lanternroom', ['User:lanternroom']);
    await fixture.world.setPrivate(author.id, false);
    await found('#lanternlight', ['Hashtag:lanternlight']);
    await found('fresnel', [`Post:${post.caption}`]);
  });

  test('never receives posts for close friends, who do not find them either', async () => {
    const [author, friend] = [await fixture.account('reedcutter'), await fixture.account('reedfriend')];
    await fixture.world.addCloseFriend(author.id, friend.id);
    const id = await fixture.world.publish(author.id, 'Moorhens nesting #reedbed', [], 'CLOSE_FRIENDS');
    const post = await fixture.publish(author, 'Moorhens feeding');
    await found('moorhens', [`Post:${post.caption}`]);
    for (const viewer of [author, friend]) {
      expect(await fixture.find('moorhens nesting', viewer)).toEqual([]);
      expect(await fixture.find('#reedbed', viewer)).toEqual([]);
    }
    expect((await fixture.pool.query('SELECT FROM search.post WHERE post_id = $1', [id])).rows).toEqual([]);
  });

  test('hides deactivated accounts with their posts and hashtags, restores them, and removes deleted ones', async () => {
    const person = await fixture.account('gannetwatcher', { displayName: 'Gannet Watcher' });
    const fan = await fixture.account('gannetfan');
    await fixture.world.follow(fan.id, person.id);
    const post = await fixture.publish(person, 'Gannets diving off the stack #gannetdive');
    const everything = ['User:gannetwatcher', 'User:gannetfan', 'Hashtag:gannetdive', `Post:${post.caption}`];
    const all = async () =>
      (
        await Promise.all(['gannetwatcher', 'gannetfan', '#gannetdive', 'diving'].map((one) => fixture.find(one)))
      ).flat();
    const become = (expected: string[]) =>
      eventually(async () => expect(new Set(await all())).toEqual(new Set(expected)));
    const isKept = (username: string, displayName: string) =>
      eventually(async () => {
        const text = 'SELECT username, display_name, follower_count, count_due FROM search.account WHERE user_id = $1';
        const { rows } = await fixture.pool.query(text, [person.id]);
        expect(rows).toEqual([{ username, display_name: displayName, follower_count: 1, count_due: null }]);
      });
    await become(everything);
    await isKept('gannetwatcher', 'Gannet Watcher');
    await fixture.world.deactivate(person.id);
    await become(['User:gannetfan']);
    expect(await fixture.find('diving', fan)).toEqual([]);
    // Counts that change while the account is hidden do not restore it.
    await isKept('', '');
    await fixture.world.reactivate(person.id);
    await become(everything);
    await fixture.world.deleteAccount(person.id);
    await become(['User:gannetfan']);
    // No event restores them, not even an invalid one. The event after it was applied, so it was processed, too.
    await fixture.world.reactivate(person.id);
    const after = await fixture.account('gannetfan2');
    await become(['User:gannetfan', `User:${after.username}`]);
    expect(await fixture.find('gannetwatcher')).toEqual([]);
  });

  test('ranks results by followers and likes', async () => {
    const [quiet, loud] = [await fixture.account('popcorn_a'), await fixture.account('popcorn_b')];
    const other = await fixture.account('corn_fan');
    for (const { id } of [quiet, other]) await fixture.world.follow(id, loud.id);
    await found('popcorn', ['User:popcorn_b', 'User:popcorn_a']);
    await fixture.publish(quiet, 'Kettle popcorn, first');
    const second = await fixture.publish(loud, 'Kettle popcorn, second');
    const third = await fixture.publish(loud, 'Kettle popcorn, third');
    await fixture.like(second, 40);
    await found('kettle', [`Post:${second.caption}`, `Post:${third.caption}`, 'Post:Kettle popcorn, first']);
  });

  test('stops counting interactions with posts that have become old, without an event', async () => {
    const author = await fixture.account('almanac');
    const post = await fixture.publish(author, 'Almanac of the year before');
    await fixture.like(post, 9);
    const counted = async () => {
      const text = `SELECT recent_engagement::int AS recent, round(extract(epoch FROM count_due - now()) / 3600)::int AS hours
        FROM search.account WHERE user_id = $1`;
      return (await fixture.pool.query(text, [author.id])).rows[0];
    };
    await eventually(async () => expect(await counted()).toEqual({ recent: 9, hours: 24 }));
    const old = Date.now() - 31 * 86_400_000;
    await fixture.pool.query('UPDATE search.post SET published_ms = $2 WHERE post_id = $1', [post.id, old]);
    await fixture.pool.query('UPDATE search.account SET count_due = now() WHERE user_id = $1', [author.id]);
    await eventually(async () => expect(await counted()).toEqual({ recent: 0, hours: null }));
  });
});

describe('changes in any order, several times', () => {
  const changed = () => undefined;

  test('the newest state of an account wins, and posts wait for their author', async () => {
    const projection = createProjectionService({ pool: fixture.pool, changed });
    const { world } = fixture;
    const [id, postId] = await world.withoutEvents(async () => {
      const author = await world.registerAs({ username: 'newest' });
      return [author, await world.publish(author, 'Out of order #outoforder')];
    });
    const account = { userId: id, username: 'newest', displayName: '', isPrivate: false, deleted: false };
    const post = {
      postId,
      authorId: id,
      caption: 'Out of order #outoforder',
      hashtags: ['outoforder'],
      deleted: false,
    };
    await projection.posts([{ ...post, publishedMs: 5n, version: 9n }]);
    await found('outoforder', []);
    await projection.accounts([
      { ...account, version: 1002n },
      { ...account, username: 'older', version: 1001n },
    ]);
    await projection.accounts([{ ...account, username: 'oldest', version: 1000n }]);
    await projection.accounts([{ ...account, version: 1002n }]);
    await projection.posts([{ ...post, publishedMs: 5n, version: 9n }]);
    await found('newest', ['User:newest']);
    await found('outoforder', ['Hashtag:outoforder', `Post:${post.caption}`]);
  });

  test('the last state of an account decides in every order, and so do the counts of its posts', async () => {
    const projection = createProjectionService({ pool: fixture.pool, changed });
    const nobody = { username: '', displayName: '', isPrivate: true, deleted: true };
    const somebody = { username: 'orders', displayName: '', isPrivate: false, deleted: false };
    const history = [
      { ...somebody, version: 1n },
      { ...nobody, version: 2n },
      { ...somebody, version: 3n },
      { ...nobody, version: FINAL_VERSION },
    ];
    const orders = (count: number): number[][] =>
      count === 0
        ? [[]]
        : orders(count - 1).flatMap((rest) => rest.concat(0).map((_, at) => rest.toSpliced(at, 0, count - 1)));
    for (const count of [1, 2, 3, 4])
      for (const [number, order] of orders(count).entries()) {
        const [userId, postId] = [fixture.environment.ids.next(), fixture.environment.ids.next()];
        const key = `order${count}x${number}`;
        const post = {
          postId,
          authorId: userId,
          caption: '',
          hashtags: [key],
          publishedMs: 5n,
          deleted: false,
          version: 1n,
        };
        // The post arrives in between.
        const at = number % (count + 1);
        for (const [index, step] of [...order, null].entries()) {
          if (index === at) await projection.posts([post]);
          if (step !== null) await projection.accounts([{ userId, ...history[step]! }]);
        }
        await projection.accounts(order.map((step) => ({ userId, ...history[step]! })));
        const { rows } = await fixture.pool.query(
          `SELECT a.deleted, p.counted, (SELECT coalesce(sum(post_count), 0)::int FROM search.hashtag WHERE key = $2) AS count
           FROM search.account a JOIN search.post p ON p.author_id = a.user_id WHERE a.user_id = $1`,
          [userId, key],
        );
        const shown = history[count - 1]!.deleted === false;
        expect(rows, `${order}`).toEqual([{ deleted: !shown, counted: shown, count: shown ? 1 : 0 }]);
      }
  });

  test('deleted documents stay deleted', async () => {
    const projection = createProjectionService({ pool: fixture.pool, changed });
    const author = await fixture.account('undertaker');
    const postId = fixture.environment.ids.next();
    const post = { postId, authorId: author.id, caption: 'Gone #gonetag', hashtags: ['gonetag'], publishedMs: 5n };
    await projection.posts([{ ...post, deleted: true, version: 8n }]);
    await projection.posts([{ ...post, deleted: false, version: 7n }]);
    await projection.posts([{ ...post, deleted: false, version: 9n }]);
    const { rows } = await fixture.pool.query('SELECT deleted, counted FROM search.post WHERE post_id = $1', [postId]);
    expect(rows).toEqual([{ deleted: true, counted: false }]);
    const tags = await fixture.pool.query("SELECT post_count FROM search.hashtag WHERE key = 'gonetag'");
    expect(tags.rows).toEqual([]);
  });

  test('hashtags count publicly visible posts, whatever arrives at the same time', async () => {
    const projection = createProjectionService({ pool: fixture.pool, changed });
    const { ids } = fixture.environment;
    const authors = Array.from({ length: 6 }, () => ids.next());
    const posts = Array.from({ length: 40 }, (_, index) => ({
      postId: ids.next(),
      authorId: authors[index % authors.length]!,
      caption: '',
      hashtags: ['crowded', `own${index % 3}`],
      publishedMs: 5n,
      deleted: false,
      version: 1n,
    }));
    const account = (userId: bigint, isPrivate: boolean, version: bigint) =>
      projection.accounts([
        { userId, username: `crowd${userId}`, displayName: '', isPrivate, deleted: false, version },
      ]);
    await Promise.all([
      ...authors.flatMap((id, index) => [account(id, index % 2 === 0, 3n), account(id, index % 2 === 1, 2n)]),
      ...posts.map((post) => projection.posts([post])),
      ...posts.slice(0, 10).map((post) => projection.posts([{ ...post, deleted: true, version: 2n }])),
      projection.posts(posts),
    ]);
    const { rows } = await fixture.pool.query(
      `SELECT h.key, h.post_count::int AS stored, (SELECT count(*)::int FROM search.post p JOIN search.account a ON a.user_id = p.author_id
         WHERE p.hashtags @> ARRAY[h.key] AND NOT p.deleted AND NOT a.is_private) AS counted
       FROM search.hashtag h WHERE key = 'crowded' OR key LIKE 'own_'`,
    );
    expect(rows.length).toBe(4);
    for (const { stored, counted } of rows) expect(stored).toBe(counted);
  });
});
