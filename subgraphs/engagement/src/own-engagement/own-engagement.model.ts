/** What the viewer did with a post, according to the tables. */
export type OwnEngagement = {
  liked: boolean;
  isSaved: boolean;
  /** Whether the viewer has comments on the post that its counts do not include: see `UncountedComments`. */
  hasUncounted: boolean;
};
