/** The lists of people around one person, which are also the kinds of their cursors. */
export type ConnectionList = 'followers' | 'following' | 'followRequests';
