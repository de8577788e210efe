import type { HashtagDocument, PostDocument, UserDocument } from '#search-index/documents.ts';

export function person(id: number, username: string, given: Partial<UserDocument> = {}): UserDocument {
  return { id: String(id), username, displayName: '', isPrivate: false, popularity: 0, ...given };
}

export function tag(key: string, postCount = 1): HashtagDocument {
  return { id: key, postCount, popularity: Math.log1p(postCount) };
}

export function post(id: number, authorId: number, caption: string, given: Partial<PostDocument> = {}): PostDocument {
  return {
    id: String(id),
    authorId: String(authorId),
    caption,
    hashtags: [],
    isPrivate: false,
    publishedMs: 1_767_225_600_000 + id,
    popularity: 0,
    ...given,
  };
}
