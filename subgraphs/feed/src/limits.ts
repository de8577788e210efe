/** How many hashtags a person can follow. Each one is a timeline that is merged in when the home feed is read. */
export const MAX_FOLLOWED = 100;
