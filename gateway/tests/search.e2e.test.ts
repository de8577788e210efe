import {
  BlockUserDocument,
  DeletePostDocument,
  SearchDocument,
  SuggestDocument,
  UnblockUserDocument,
  UpdateProfileDocument,
} from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

describe.each(SHAPES)('search, %s', (shape) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startTestPlatform(shape);
  });
  afterAll(() => platform?.close());

  const found = async ({ client }: Pick<Person, 'client'>, query: string): Promise<unknown[]> => {
    const { search } = await client.request(SearchDocument, { query });
    return search!.edges.map(({ node }) => (node && 'key' in node ? node.key : (node?.id ?? null)));
  };
  /** Longer than results are cached. */
  const becomes = (viewer: Pick<Person, 'client'>, query: string, expected: unknown[]) =>
    eventually(async () => expect(await found(viewer, query)).toEqual(expected), { timeoutMs: 45_000 });

  test('finds what the viewer may see, from its creation until its deletion', async () => {
    const [author, friend, stranger] = await Promise.all(
      ['weaver', 'friend', 'stranger'].map((name) => register(platform.client, name)),
    );
    const visitor = { client: platform.client };
    const word = `loom${Date.now().toString(36)}`;
    const id = await publish(author!, `Threads on the ${word} #${word}s`);
    for (const viewer of [friend!, stranger!, visitor]) await becomes(viewer, word, [id, `${word}s`]);
    await follow(friend!, author!);

    // From the next response on, although results are cached.
    await author!.client.request(BlockUserDocument, { userId: stranger!.id });
    expect(await found(stranger!, word)).toEqual([]);
    expect(await found(stranger!, `@${author!.username}`)).toEqual([]);
    expect(await found(visitor, word)).toEqual([id, `${word}s`]);
    await author!.client.request(UnblockUserDocument, { userId: stranger!.id });

    await author!.client.request(UpdateProfileDocument, { input: { isPrivate: true } });
    await becomes(stranger!, `threads ${word}`, []);
    await becomes(visitor, `#${word}s`, []);
    await becomes(friend!, word, [id]);
    expect(await found(visitor, `@${author!.username}`)).toEqual([author!.id]);
    const { suggest } = await platform.client.request(SuggestDocument, { prefix: author!.username.slice(0, -1) });
    expect(suggest!.map(({ text }) => text)).toEqual([`@${author!.username}`]);

    await author!.client.request(DeletePostDocument, { input: { postId: id } });
    expect(await found(friend!, word)).toEqual([]);
    expect(await found(author!, word)).toEqual([]);
  });

  test('answers every query, or says what is wrong with it', async () => {
    const codeOf = (query: string, first = 20) =>
      platform.client.request(SearchDocument, { query, first }).then(
        ({ search }) => (search!.edges.length === 0 ? 'NOTHING' : 'SOMETHING'),
        ({ errors }: { errors: { extensions: { code: string } }[] }) => errors[0]!.extensions.code,
      );
    for (const query of ['', '@#', '…!?', '\u202e\u2067', '\u0000\u001b', "' OR 1=1; --"]) {
      expect([query, await codeOf(query)]).toEqual([query, 'NOTHING']);
    }
    expect(await codeOf('\ud800')).toBe('BAD_REQUEST');
    expect(await codeOf('x'.repeat(10_000))).toBe('BAD_USER_INPUT');
    expect(await codeOf('x', 0)).toBe('BAD_PAGE_SIZE');
  });
});
