import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './platform/apps.ts';
import { PASSWORD, type Person, photo, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { giveRole } from './platform/staff.ts';

/** A word that nothing else here contains. */
const WORD = 'gruffel';
const DISGUISES = [
  'a gr\u200buffel',
  'gruf\u0336fel',
  'gruff\u0435l',
  'Gru\u00adffel99',
  '#BigGruffel',
  'g r u f f e l',
];
const REFUSED = ['TEXT_NOT_ALLOWED'];
/** Each process reads the list every ten seconds. */
const LONG = { timeoutMs: 90_000, everyMs: 1000 };

type Errors = { errors: { code: string; message: string; path: string[] }[] };

describe.each(SHAPES)('a banned word, %s', (shape) => {
  let platform: TestPlatform;
  let author: Person;
  let moderator: Person;
  let postId: string;
  let writes: Record<string, (text: string) => Promise<Errors>>;
  let made = 0;

  beforeAll(async () => {
    platform = await startTestPlatform(shape);
    // All workers start at this time. On a busy machine, no other request gets a connection until they have.
    author = await eventually(() => register(platform.client, 'author'), { timeoutMs: 60_000 });
    moderator = await register(platform.client, 'moderator');
    await giveRole(platform, moderator, 'MODERATOR');
    postId = await publish(moderator, 'Low tide');
    const { client } = author;
    const app = await createApp(author);
    const { createComment } = await client.request(operations.CreateCommentDocument, {
      input: { postId, text: 'Well seen' },
    });
    const commentId = createComment!.comment!.id;
    const profile = async (input: object) =>
      (await client.request(operations.UpdateProfileDocument, { input })).updateProfile!;
    const post = async (caption: string, altText: string) => {
      const [uploadId] = await client.upload([{ bytes: await photo(), contentType: 'image/jpeg' }]);
      const input = { caption, media: [{ uploadId: uploadId!, altText }] };
      return (await client.request(operations.CreatePostDocument, { input })).createPost!;
    };
    /** All texts that others see, by the paths of their errors. */
    writes = {
      'createComment text': async (text) =>
        (await client.request(operations.CreateCommentDocument, { input: { postId, text } })).createComment!,
      'updateComment text': async (text) =>
        (await client.request(operations.UpdateCommentDocument, { input: { commentId, text } })).updateComment!,
      'sharePost text': async (text) =>
        (await client.request(operations.SharePostDocument, { input: { postId, text } })).sharePost!,
      'createPost caption': (text) => post(text, ''),
      'createPost media.0.altText': (text) => post('', text),
      'updateProfile displayName': (displayName) => profile({ displayName }),
      'updateProfile bio': (bio) => profile({ bio }),
      'updateProfile pronouns.0': (text) => profile({ pronouns: [text.split(' ').at(-1)] }),
      'updateProfile links.0': (title) => profile({ links: [{ title, url: 'https://example.org' }] }),
      'changeUsername username': async (text) => {
        const username = `${text.split(' ').at(-1)}.${++made}`;
        return (await client.request(operations.ChangeUsernameDocument, { input: { username } })).changeUsername!;
      },
      'createAccount username': async (text) => {
        const username = `${text.split(' ').at(-1)}.${++made}`;
        const input = { username, email: `a${made}@example.org`, password: PASSWORD };
        return (await platform.client.request(operations.CreateAccountDocument, { input })).createAccount!;
      },
      'createAccount displayName': async (displayName) => {
        const input = { username: `a.${++made}`, email: `a${made}@example.org`, password: PASSWORD, displayName };
        return (await platform.client.request(operations.CreateAccountDocument, { input })).createAccount!;
      },
      'updateApp name': async (name) =>
        (await client.request(operations.UpdateAppDocument, { input: { appId: app.id, name } })).updateApp!,
    };
  }, 120_000);
  afterAll(() => platform?.close());

  const refusals = async (text: string): Promise<string[]> => {
    const found: string[] = [];
    for (const [name, write] of Object.entries(writes)) {
      const { errors } = await write(text);
      for (const { code, path, message } of errors) {
        expect(message.toLowerCase()).not.toContain(WORD);
        found.push(`${name.split(' ')[0]} ${path.slice(1).join('.')} ${code}`);
      }
    }
    return found;
  };
  const codes = async (name: string, text: string) => (await writes[name]!(text)).errors.map(({ code }) => code);
  const everything = () => Object.keys(writes).map((name) => `${name} TEXT_NOT_ALLOWED`);

  test('is refused in all texts that others see, in disguise as well, and without the moderation subgraph', async () => {
    const input = { word: WORD };
    const { addBannedWord } = await moderator.client.request(operations.AddBannedWordDocument, { input });
    expect(addBannedWord!.errors).toEqual([]);
    for (const name of Object.keys(writes))
      await eventually(async () => expect(await codes(name, WORD)).toEqual(REFUSED), LONG);
    expect(await refusals('what a GRUFFEL')).toEqual(everything());
    for (const text of DISGUISES) expect(await codes('createComment text', text), text).toEqual(REFUSED);
    expect(await codes('createComment text', 'gruffels are left alone')).toEqual([]);
    const { bringBack } = platform.takeAway('moderation');
    try {
      expect(await refusals(`What a ${WORD}`)).toEqual(everything());
    } finally {
      bringBack();
    }
  }, 240_000);

  test('is allowed again once it is removed', async () => {
    await eventually(async () => {
      const input = { word: WORD };
      const { removeBannedWord } = await moderator.client.request(operations.RemoveBannedWordDocument, { input });
      expect(removeBannedWord).toMatchObject({ removedWord: WORD, errors: [] });
    });
    await eventually(async () => expect(await codes('createComment text', WORD)).toEqual([]), LONG);
  }, 240_000);
});
