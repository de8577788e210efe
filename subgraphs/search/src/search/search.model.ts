import { type GlobalId, globalId } from '@tintype/ids';
import type { CollectionName, Documents } from '#search-index/documents.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import type { Rank } from '#text/rank.rules.ts';

/** Something that a driver found: of which collection, and how well it fits. */
export type Hit = {
  [Name in CollectionName]: { collection: Name; document: Documents[Name]; rank: Rank };
}[CollectionName];

/** What other subgraphs know more of. */
export type UserModel = { __typename: 'User'; id: GlobalId<'User'> };
export type PostModel = { __typename: 'Post'; id: GlobalId<'Post'> };
export type HashtagModel = { __typename: 'Hashtag'; key: string };
export type ResultModel = UserModel | PostModel | HashtagModel;

/** A hit as it is answered with: what is asked for of it is made then. */
export type FoundHit = { hit: Hit; query: ParsedQuery };
export type FoundEdge = FoundHit & {
  /** Kind of the list's cursors, and how many hits there are up to this one. */
  place: { kind: string; end: number };
};

/** What to put into the search for this hit. */
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
