import { buildSchema } from 'graphql';
import pg from 'pg';
import { servePlainly } from '#fixture/plain-server.ts';

// The baseline for feeds: one hand-written pull query behind graphql-js on bare HTTP, without a gateway, limits, tokens
// or a policy. Started with DATABASE_URL and PORT. The viewer's id is a header.

const schema = buildSchema(`
  type Query { homeFeed(first: Int = 20): Connection! }
  type Connection { edges: [Edge!]! pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Edge { cursor: String! node: Post }
  type Post { id: ID! caption: String! publishedAt: String author: User media: [Media!]! }
  type User { id: ID! username: String! displayName: String! followerCount: Int! avatar: Avatar }
  type Avatar { url: String! }
  interface Media { altText: String! width: Int height: Int placeholder: String }
  type Photo implements Media {
    altText: String! width: Int height: Int placeholder: String thumbnail: Rendition standard: Rendition
  }
  type Rendition { url: String! width: Int! height: Int! }
`);

const PULL = `
  SELECT 'Post_' || p.id AS id, p.caption, p.published_at AS "publishedAt",
    json_build_object('id', 'User_' || a.id, 'username', a.username, 'displayName', a.display_name,
      'followerCount', coalesce(s.follower_count, 0), 'avatar', NULL) AS author,
    (SELECT json_agg(json_build_object('altText', m.alt_text, 'width', m.width, 'height', m.height,
        'placeholder', m.placeholder, 'renditions', m.renditions) ORDER BY m.position)
     FROM post.media m WHERE m.author_id = p.author_id AND m.post_id = p.id) AS media
  FROM social_graph.follow f
  JOIN post.post p ON p.author_id = f.followee_id AND p.state = 'PUBLISHED' AND p.deleted_at IS NULL
  JOIN "user".account a ON a.id = p.author_id
  LEFT JOIN social_graph.person s ON s.user_id = p.author_id
  WHERE f.follower_id = $1
  ORDER BY p.published_at DESC, p.id DESC
  LIMIT $2`;

type StoredRendition = { kind: string; key: string; width: number; height: number };
type Row = { id: string; media: { renditions: StoredRendition[] | null }[] };

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL!, max: 8 });

const rendition = (stored: StoredRendition[] | null, kind: string) => {
  const found = stored?.find((one) => one.kind === kind);
  return found && { url: `http://media/${found.key}`, width: found.width, height: found.height };
};

async function homeFeed(viewer: string, first: number) {
  const { rows } = await pool.query<Row>({ name: 'pull', text: PULL, values: [viewer, first + 1] });
  const edges = rows.slice(0, first).map((row) => {
    const media = row.media.map((one) => ({
      __typename: 'Photo',
      ...one,
      thumbnail: rendition(one.renditions, 'THUMBNAIL'),
      standard: rendition(one.renditions, 'STANDARD'),
    }));
    return { cursor: row.id, node: { ...row, media } };
  });
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor } };
}

servePlainly(schema, (request) => {
  const viewer = String(request.headers['x-viewer']);
  return { homeFeed: ({ first }: { first: number }) => homeFeed(viewer, first) };
});
