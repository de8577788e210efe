/** The most people that one account can follow. With more, a timeline would hold too few posts of each. */
export const MAX_FOLLOWING = 7500;
