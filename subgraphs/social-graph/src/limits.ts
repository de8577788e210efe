/** The most people that one account can follow. With more, a timeline would hold too few posts of each. */
export const MAX_FOLLOWING = 7500;
/** The most close friends of one account: far more than anybody has, and few enough to check one by one. */
export const MAX_CLOSE_FRIENDS = 1000;
