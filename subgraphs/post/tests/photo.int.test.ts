import { globalId } from '@tintype/ids';
import { s3Settings } from '@tintype/service';
import { eventually } from '@tintype/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jpeg, type Posts, sendForm, snowflakeOf, startPosts } from './post.fixture.ts';

let posts: Posts;
let author: bigint;
let other: bigint;
beforeAll(async () => {
  posts = await startPosts({ workers: true });
  [author, other] = posts.people as [bigint, bigint];
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

describe('a photo', () => {
  test('travels from a file to public renditions', async () => {
    const photo = await jpeg('#c04020', 2400, 1600);
    const uploadIds = await posts.upload(author, [photo]);
    const media = [{ uploadId: uploadIds[0]!, altText: 'a red wall' }];
    const created = await posts.createPost(author, media, 'hello');
    expect(created).toMatchObject({ post: { state: 'PROCESSING' }, errors: [] });
    const id = created.post!.id;
    const post = await posts.waitForProcessing(author, id);
    expect(post).toMatchObject({
      state: 'PUBLISHED',
      caption: 'hello',
      failureReason: null,
      media: [
        {
          altText: 'a red wall',
          width: 2400,
          height: 1600,
          thumbnail: { width: 150, height: 150 },
          standard: { width: 1080, height: 720 },
          highRes: { width: 2048, height: 1365 },
        },
      ],
    });
    expect(Buffer.from(post.media[0]!.placeholder!, 'base64').length).toBeGreaterThan(4);
    for (const rendition of [post.media[0]!.thumbnail!, post.media[0]!.standard!, post.media[0]!.highRes!]) {
      expect(rendition.url).toMatch(/\/renditions\/\d+\/[0-9a-f]{32}-[a-z_]+\.webp$/);
      const response = await fetch(rendition.url);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/webp');
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.byteLength).toBe(rendition.byteSize);
      expect(await sharp(bytes).metadata()).toMatchObject({ width: rendition.width, height: rendition.height });
    }
    expect(await posts.findPost(null, id)).toEqual(post);

    const [createdEvent, published] = await posts.eventsOf(id);
    expect(createdEvent).toEqual({
      type: 'tintype.post.post.created.v1',
      data: { postId: String(snowflakeOf(id)), authorId: String(author) },
    });
    expect(published).toEqual({
      type: 'tintype.post.post.published.v1',
      data: {
        postId: String(snowflakeOf(id)),
        authorId: String(author),
        audience: 'EVERYONE',
        publishedMs: Date.parse(post.publishedAt!),
        caption: post.caption,
        hashtags: [],
        mentionedIds: [],
      },
    });
  });

  test('publishes the hashtags and mentions of its caption', async () => {
    const caption = 'With @PERSON1, @person1 and @nobody_here at the #Sea. #sea #Fog';
    const { id } = await posts.publish(author, [await jpeg('#204080')], caption);
    expect((await posts.eventsOf(id)).at(-1)).toMatchObject({
      type: 'tintype.post.post.published.v1',
      data: { caption, hashtags: ['sea', 'fog'], mentionedIds: [String(posts.people[1])] },
    });
    const mentions = `{ post(id: "${id}") { mentions { id } } }`;
    expect(await posts.graph.ask('post', null, mentions)).toEqual({
      post: { mentions: [{ id: globalId('User', posts.people[1]!) }] },
    });
    const query = `{ hashtag(name: "#SEA") { name postCount recentPosts { edges { node { id } } } } }`;
    expect(await posts.graph.ask('post', null, query)).toEqual({
      hashtag: { name: 'Sea', postCount: 1, recentPosts: { edges: [{ node: { id } }] } },
    });
    await posts.deletePost(author, id);
    expect(await posts.graph.ask('post', null, query)).toEqual({ hashtag: null });
  });

  test('has a private original', async () => {
    const [uploadId] = await posts.upload(author, [await jpeg()]);
    const { endpoint, bucket } = posts.environment.config.of(s3Settings);
    const response = await fetch(`${endpoint}/${bucket}/originals/${author}/${snowflakeOf(uploadId!)}`);
    expect(response.status).toBe(403);
  });

  test('keeps its position in a carousel', async () => {
    const widths = [300, 200, 260, 220];
    const post = await posts.publish(author, await Promise.all(widths.map((width) => jpeg('#208040', width, 180))));
    expect(post.media.map((media) => media.width)).toEqual(widths);
  });

  test('that failed is visible only to its author, with the reason', async () => {
    const [good, bad] = [await jpeg(), { bytes: new TextEncoder().encode('not a photo'), contentType: 'image/png' }];
    const post = await posts.publish(author, [good, bad]);
    expect(post).toMatchObject({
      state: 'FAILED',
      publishedAt: null,
      failureReason: 'Photo 2: The file is not of the type image/png. Upload it with the right type.',
    });
    expect(post.media.map((media) => media.highRes)).toEqual([null, null]);
    expect(await posts.findPost(other, post.id)).toBeNull();
    expect(await posts.findPost(null, post.id)).toBeNull();
    expect((await posts.eventsOf(post.id)).at(-1)).toMatchObject({
      type: 'tintype.post.post.failed.v1',
      data: { reason: post.failureReason },
    });
  });

  test('is counted once when it is published, and once when it is deleted', async () => {
    const before = await posts.postCount(other, author);
    const post = await posts.publish(author, [await jpeg()]);
    expect(await posts.postCount(other, author)).toBe(before + 1);
    expect(await posts.deletePost(other, post.id)).toEqual({
      deletedPostId: null,
      errors: [{ code: 'POST_NOT_FOUND', path: ['input', 'postId'] }],
    });
    for (const _ of [1, 2]) expect(await posts.deletePost(author, post.id)).toMatchObject({ deletedPostId: post.id });
    expect(await posts.postCount(other, author)).toBe(before);
    expect(await posts.findPost(author, post.id)).toBeNull();
    const deleted = (await posts.eventsOf(post.id)).filter((event) => event.type.includes('deleted'));
    expect(deleted).toEqual([
      {
        type: 'tintype.post.post.deleted.v1',
        data: {
          postId: String(snowflakeOf(post.id)),
          authorId: String(author),
          publishedMs: Date.parse(post.publishedAt!),
        },
      },
    ]);
    const { thumbnail, highRes } = post.media[0]!;
    await eventually(async () => {
      expect((await fetch(thumbnail!.url)).status).not.toBe(200);
      expect((await fetch(highRes!.url)).status).not.toBe(200);
    });
  });
});

describe('the form of an upload', () => {
  test('accepts exactly the announced file', async () => {
    const photo = await jpeg();
    const { uploads } = await posts.askForms(author, [{ contentType: 'image/jpeg', byteSize: photo.bytes.byteLength }]);
    const [form] = uploads;
    expect(Date.parse(form!.expiresAt) - Date.now()).toBeGreaterThan(290_000);
    expect(Date.parse(form!.expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
    const longer = { ...photo, bytes: new Uint8Array([...photo.bytes, 0]) };
    const shorter = { ...photo, bytes: photo.bytes.slice(1) };
    const changed = (name: string, value: string) => ({
      ...form!,
      fields: form!.fields.map((field) => (field.name.toLowerCase() === name ? { ...field, value } : field)),
    });
    expect(await sendForm(form!, longer)).toBe(400);
    expect(await sendForm(form!, shorter)).toBe(400);
    expect(await sendForm(changed('content-type', 'text/html'), photo)).toBe(403);
    expect(await sendForm(changed('key', 'renditions/1/mine.webp'), photo)).toBe(403);
    expect(
      await sendForm({ ...form!, fields: form!.fields.filter((field) => field.name !== 'X-Amz-Signature') }, photo),
    ).toBeGreaterThanOrEqual(400);
    expect(await sendForm(form!, photo)).toBe(204);
  });
});
