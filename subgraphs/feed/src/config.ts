import { count, defineSettings } from '@tintype/service';

export const feedSettings = defineSettings({
  variables: { FEED_CELEBRITY_FOLLOWERS: count(10_000, 1, 1_000_000_000) },
  toValue: (value) => ({ celebrityFollowers: value.FEED_CELEBRITY_FOLLOWERS }),
});

export const settings = [feedSettings];
