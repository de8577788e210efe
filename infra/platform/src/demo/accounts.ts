import type { PostAudience } from '@tintype/schema/operations';

/** The accounts of the demo, which are places rather than people. Visitors log in as the first one. */
export const DEMO_ACCOUNTS = [
  { username: 'demo', displayName: 'Demo', bio: 'The account to try things with.', category: 'NONE' },
  {
    username: 'lighthouse',
    displayName: 'The Lighthouse',
    bio: 'Light, fog and what lies between.',
    category: 'PLACE',
  },
  {
    username: 'orchard',
    displayName: 'The Orchard',
    bio: 'Twelve months of the same trees. Prints in the @darkroom.',
    category: 'PLACE',
  },
  { username: 'tramline', displayName: 'Tramline 7', bio: 'From the first stop to the last.', category: 'PLACE' },
  { username: 'darkroom', displayName: 'Darkroom', bio: 'Prints, tests, failures.', category: 'ARTIST' },
  { username: 'ridgeway', displayName: 'Ridgeway', bio: 'Hills before breakfast.', category: 'PHOTOGRAPHER' },
] as const;

/** The password of every demo account. The demo is meant for one's own machine. */
export const DEMO_PASSWORD = 'tintype-demo-1839';

/** Who follows whom, by index: the demo account follows all but one, and two follow it. */
export const FOLLOWS: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 2],
  [0, 3],
  [0, 4],
  [1, 0],
  [1, 2],
  [2, 0],
  [2, 5],
  [3, 4],
  [4, 1],
  [5, 3],
];

/** Close friends of accounts, by index. */
export const CLOSE_FRIENDS: readonly (readonly [account: number, friend: number])[] = [[1, 0]];

type DemoPost = { author: number; caption: string; photos: number; audience?: PostAudience };

/** Captions in order of publication, with the index of the author and the number of photos. By default for everyone. */
export const POSTS: readonly DemoPost[] = [
  { author: 5, caption: 'Above the clouds by half past six. #hills', photos: 1 },
  { author: 2, caption: 'First frost on the lower rows. #orchard #winter', photos: 2 },
  { author: 3, caption: 'Terminus, early. #tram', photos: 1 },
  { author: 1, caption: 'The fog came in and stayed. #sea #fog #winter', photos: 1 },
  { author: 4, caption: 'Three exposures of one evening. #darkroom', photos: 3 },
  { author: 2, caption: 'Blossom, a week late. #orchard #spring', photos: 1 },
  { author: 1, caption: 'Calm after two days of wind. #sea #winter', photos: 1 },
  { author: 3, caption: 'The long curve by the river, past @lighthouse. #tram #river #fog', photos: 1 },
  { author: 0, caption: 'Hello from the demo account.', photos: 1 },
  { author: 1, caption: 'The keeper at home, for close friends.', photos: 1, audience: 'CLOSE_FRIENDS' },
];

/** A hashtag that the demo account follows. It brings posts of the account that it does not follow. */
export const FOLLOWED_HASHTAG = 'hills';

/** Comments and likes, by the index of the account and of the post. */
export const COMMENTS: readonly { author: number; post: number; text: string }[] = [
  { author: 3, post: 0, text: 'Worth the early start.' },
  { author: 1, post: 2, text: 'The light at the end of the platform, @tramline.' },
  { author: 5, post: 3, text: 'It looks like this from above, too. #fog' },
  { author: 2, post: 4, text: 'The second one.' },
  { author: 1, post: 8, text: 'Welcome.' },
];

/** What one account reported, by its index and that of the post, so that moderators have something to decide. */
export const REPORTS = [
  { reporter: 4, post: 7, reason: 'INTELLECTUAL_PROPERTY', text: 'The third print of it hangs in my window.' },
] as const;

export const LIKES: readonly (readonly [liker: number, post: number])[] = [
  [1, 0],
  [2, 0],
  [4, 1],
  [5, 2],
  [0, 3],
  [2, 3],
  [5, 3],
  [1, 4],
  [0, 6],
  [1, 8],
  [2, 8],
];
