import { type SubgraphClient, withRequest } from '@tintype/graphql';

/** Answers for subgraphs of which only post has anything: posts with a photo each, whose files are at a local port. */
export function createPhotoClient(posts: number, port: number): SubgraphClient {
  const file = (path: string) => ({ path, url: `http://127.0.0.1:${port}/${path}` });
  return withRequest(async (_subgraph, { query, variables }) => {
    const field = /^\s+(\w+)\(/m.exec(query)?.[1] ?? /\{\s*(\w+)/.exec(query)![1]!;
    if (field !== 'exportedPosts') return { data: { [field]: [] } };
    const after = Number(variables!.after);
    const size = Math.min(Number(variables!.first), posts - after);
    const exportedPosts = Array.from({ length: size }, (_, index) => {
      const id = after + index + 1;
      const photo = { altText: '', original: file(`photos/${id}-1.jpg`), preview: file(`photos/${id}-1-preview.webp`) };
      return { cursor: String(id), caption: `Post ${id}`, publishedAt: '2026-11-30T10:42:00.000Z', photos: [photo] };
    });
    return { data: { exportedPosts } };
  });
}
