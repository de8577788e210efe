import type { CollectionName, Documents } from '#index-store/documents.ts';
import type { Rank } from '#text/rank.rules.ts';

/** Something that a driver found: of which collection, and how well it fits. */
export type Hit = {
  [Name in CollectionName]: { collection: Name; document: Documents[Name]; rank: Rank };
}[CollectionName];

/** What other subgraphs know more of. */
export type UserModel = { __typename: 'User'; id: string };
export type PostModel = { __typename: 'Post'; id: string };
export type HashtagModel = { __typename: 'Hashtag'; key: string };
export type ResultModel = UserModel | PostModel | HashtagModel;

export function resultOf({ collection, document }: Hit): ResultModel {
  if (collection === 'hashtags') return { __typename: 'Hashtag', key: document.id };
  return { __typename: collection === 'users' ? 'User' : 'Post', id: document.id };
}
