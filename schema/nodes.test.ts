import { expect, test } from 'vitest';
import { listIdTypes, listNodeTypes } from './nodes.ts';

const NODE = 'interface Node { id: ID! }';
const sdls =
  (given: Readonly<Record<string, string>>) =>
  (name: string): string =>
    `${NODE} ${given[name] ?? ''}`;

test('a node belongs to the subgraph whose SDL says that it is one', () => {
  const post = 'type Post implements Node @key(fields: "id") { id: ID! }';
  const feed = 'type Post @key(fields: "id", resolvable: false) { id: ID! }';
  expect(listNodeTypes(sdls({ post, feed }))).toEqual([{ name: 'Post', owner: 'post', key: 'id' }]);
  expect(() => listNodeTypes(sdls({ post, feed: post }))).toThrow('Post implements Node in the SDL of post and feed.');
});

test('a node has a key by which other subgraphs refer to it', () => {
  const post = 'type Hashtag implements Node @key(fields: "key") { id: ID! key: String! }';
  expect(listNodeTypes(sdls({ post }))).toEqual([{ name: 'Hashtag', owner: 'post', key: 'key' }]);
  expect(() => listNodeTypes(sdls({ post: 'type Post implements Node { id: ID! }' }))).toThrow('it needs a @key');
});

test('the IDs of all types of an interface that implements Node begin alike', () => {
  const notification = `
    interface Notification implements Node { id: ID! }
    type LikeNotification implements Node & Notification { id: ID! }
    type FollowNotification implements Node & Notification { id: ID! }`;
  const post = 'interface Media { id: ID! } type Photo implements Media { id: ID! } type Rendition { url: String! }';
  expect(listIdTypes(sdls({ notification, post }))).toEqual(['Notification', 'Photo']);
});
