import { beforeAll, describe, expect, test } from 'vitest';
import { person, post } from './documents.ts';
import type { DriverFixture } from './driver.fixture.ts';

/** Tests that written documents are found, also while a collection is rebuilt. */
export function describeWrites(driver: DriverFixture): void {
  const { searched, usernames, empty } = driver;

  describe('writes', () => {
    beforeAll(empty);

    test('a document replaces the one before, and a removed one is gone, also if repeated', async () => {
      const { index } = driver;
      await index.upsert('users', [person(1, 'before')]);
      await index.upsert('users', [person(1, 'renamed', { isPrivate: true })]);
      await index.upsert('users', [person(1, 'renamed', { isPrivate: true })]);
      expect(await usernames('before')).toEqual([]);
      expect(await searched('users', 'renamed')).toEqual([person(1, 'renamed', { isPrivate: true })]);
      await index.remove('users', ['1', '2']);
      await index.remove('users', ['1']);
      expect(await usernames('renamed')).toEqual([]);
    });

    test('a thousand documents of one write are found at once', async () => {
      const many = Array.from({ length: 1000 }, (_, index) => person(index + 1, `crowd${index}x`));
      await driver.index.upsert('users', many);
      expect(await usernames('crowd999x')).toEqual(expect.arrayContaining(['crowd999x']));
      await driver.index.remove(
        'users',
        many.map(({ id }) => id),
      );
      expect(await usernames('crowd999x')).toEqual([]);
    });

    test('an empty write is not an error', async () => {
      await driver.index.upsert('users', []);
      await driver.index.remove('posts', []);
    });
  });

  describe('rebuilding', () => {
    test('searches use the old collection until the new one replaces it, and writes reach both', async () => {
      await empty();
      const { index } = driver;
      await index.upsert('users', [person(1, 'oldtimer'), person(2, 'stays')]);
      expect(await index.startBuild('users')).toMatchObject({ resumed: false });
      await index.importInto('users', [person(2, 'stays'), person(3, 'newcomer')]);
      expect(await usernames('newcomer')).toEqual([]);
      await index.upsert('users', [person(4, 'meanwhile')]);
      expect(await usernames('meanwhile')).toEqual(['meanwhile']);
      expect(await index.startBuild('users')).toMatchObject({ resumed: true });
      await index.swap('users');
      expect(await usernames('oldtimer')).toEqual([]);
      expect(await usernames('newcomer')).toEqual(['newcomer']);
      expect(await usernames('meanwhile')).toEqual(['meanwhile']);
      const state = (await index.state()).find(({ collection }) => collection === 'users');
      expect(state).toMatchObject({ documents: 3, building: null });
    });

    test('leaves no trace if it is given up', async () => {
      const { index } = driver;
      const before = await index.state();
      await index.startBuild('posts');
      await index.importInto('posts', [post(1, 1, 'given up')]);
      await index.abandonBuild('posts');
      await index.abandonBuild('posts');
      expect(await index.state()).toEqual(before);
      await expect(index.importInto('posts', [post(1, 1, 'nowhere')])).rejects.toThrow();
      await expect(index.swap('posts')).rejects.toThrow();
    });

    test('no search sees a gap while the collections are swapped', async () => {
      const { index } = driver;
      await index.upsert('users', [person(1, 'lighthouse')]);
      let done = false;
      const reading = (async () => {
        let reads = 0;
        for (; !done; reads++) expect(await usernames('lighthouse')).toEqual(['lighthouse']);
        return reads;
      })();
      for (let round = 0; round < 5; round++) {
        await index.startBuild('users');
        await index.importInto('users', [person(1, 'lighthouse')]);
        await index.swap('users');
      }
      done = true;
      expect(await reading).toBeGreaterThan(5);
    });
  });
}
