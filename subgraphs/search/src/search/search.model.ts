import { type GlobalId, globalId } from '@tintype/ids';
import type { CollectionName, Documents } from '#search-index/documents.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import type { Rank } from '#text/rank.rules.ts';

/** A document that a driver found: its collection, and how well it matches. */
export type Hit = {
  [Name in CollectionName]: { collection: Name; document: Documents[Name]; rank: Rank };
}[CollectionName];

/** The id under which other subgraphs resolve it. */
export type UserModel = { __typename: 'User'; id: GlobalId<'User'> };
export type PostModel = { __typename: 'Post'; id: GlobalId<'Post'> };
export type HashtagModel = { __typename: 'Hashtag'; key: string };
export type ResultModel = UserModel | PostModel | HashtagModel;

/** A hit in a result. Its fields are computed when they are requested. */
export type FoundHit = { hit: Hit; query: ParsedQuery };
export type FoundEdge = FoundHit & {
  /** The kind of the list's cursors, and how many hits there are up to this one. */
  position: { kind: string; end: number };
};

/** The text to put into the search field for this hit. */
export function searchTextOf({ collection, document }: Hit): string {
  if (collection === 'users') return `@${document.username}`;
  return collection === 'hashtags' ? `#${document.id}` : '';
}

export function resultOf({ collection, document }: Hit): ResultModel {
  if (collection === 'hashtags') return { __typename: 'Hashtag', key: document.id };
  const id = BigInt(document.id);
  if (collection === 'users') return { __typename: 'User', id: globalId('User', id) };
  return { __typename: 'Post', id: globalId('Post', id) };
}
