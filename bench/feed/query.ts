/** A home feed of 20, with the fields that the pull query has as well. */
export const FEED = JSON.stringify({
  query: `query HomeFeed($first: Int = 20, $after: String) {
    homeFeed(first: $first, after: $after) {
      edges {
        cursor
        node {
          id caption publishedAt
          author { id username displayName followerCount avatar { url } }
          media { altText width height placeholder ... on Photo { thumbnail { url } standard { url width height } } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  variables: { first: 20 },
});
