import type { Viewer } from '@tintype/viewer';
import type { Rate, Take } from './gcra.rules.ts';

/** A part of a limit, and the name under which its use is counted. */
export type Share = { name: string; part: number };

/** One app gets half of what its person gets. */
const APP_PART = 0.5;

/**
 * Under which names a viewer's use of a limit is counted, the smallest part first. What apps do for a person is counted
 * apart from what the person does, so that no app uses up what its person needs. All apps of a person together get as
 * much as the person, so that many apps are no way around a limit.
 */
export function sharesOf({ userId, sessionId, scopes }: Viewer): Share[] {
  if (!scopes) return [{ name: String(userId), part: 1 }];
  return [
    { name: `${userId}:app:${sessionId}`, part: APP_PART },
    { name: `${userId}:apps`, part: 1 },
  ];
}

/** The tokens that a viewer takes from buckets of this kind. */
export function takesOf(viewer: Viewer, tokens: number, of: { bucket(name: string): string; rate: Rate }): Take[] {
  return sharesOf(viewer).map(({ name, part }) => ({
    bucket: of.bucket(name),
    rate: { perSecond: of.rate.perSecond * part, burst: Math.ceil(of.rate.burst * part) },
    tokens,
  }));
}
