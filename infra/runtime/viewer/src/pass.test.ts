import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { signViewerPass, type ViewerPass, ViewerPassError, verifyViewerPass } from './pass.ts';

const SECRET = 'a secret of this test and of nothing else';
const NOW = 1_763_000_000_000;
const pass: ViewerPass = { viewer: { userId: 2n ** 62n, sessionId: '7' }, requestId: 'r1', operation: 'mutation' };

describe('a viewer pass', () => {
  test('tells the subgraph what the gateway said', () => {
    const header = signViewerPass(pass, 'post', SECRET, NOW);
    expect(verifyViewerPass(header, 'post', SECRET, NOW + 1000)).toEqual(pass);
    const keyed: ViewerPass = { ...pass, network: '2001:db8:1:2::/64', idempotencyKey: 'k-1' };
    expect(verifyViewerPass(signViewerPass(keyed, 'post', SECRET, NOW), 'post', SECRET, NOW)).toEqual(keyed);
    const visitor: ViewerPass = { viewer: null, requestId: 'r2', operation: 'query' };
    expect(verifyViewerPass(signViewerPass(visitor, 'post', SECRET, NOW), 'post', SECRET, NOW)).toEqual(visitor);
  });

  test('tells the network of a visitor, whose requests share what one client may take', () => {
    const visitor = { viewer: null, network: '192.0.2.0', requestId: 'r1', operation: 'query' } as const;
    expect(verifyViewerPass(signViewerPass(visitor, 'post', SECRET, NOW), 'post', SECRET, NOW)).toEqual(visitor);
  });

  test('tells how much time is left, whatever the clock of the other machine says', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const header = signViewerPass({ ...pass, deadline: performance.now() + 500 }, 'post', SECRET, NOW);
    const { deadline } = verifyViewerPass(header, 'post', SECRET, NOW + 4000);
    expect(deadline! - performance.now()).toBeGreaterThan(498);
    expect(deadline! - performance.now()).toBeLessThan(502);
    const late = signViewerPass({ ...pass, deadline: performance.now() - 500 }, 'post', SECRET, NOW);
    expect(verifyViewerPass(late, 'post', SECRET, NOW).deadline).toBeLessThanOrEqual(performance.now());
  });

  const header = signViewerPass(pass, 'post', SECRET, NOW);
  const [body, mac] = header.split('.') as [string, string];
  test.each([-59_000, -10_000, 10_000, 59_000])(
    'is good where the other clock differs by %d ms, and tells it',
    (ms) => {
      const skews: number[] = [];
      expect(verifyViewerPass(header, 'post', SECRET, NOW + ms, (skew) => skews.push(skew))).toEqual(pass);
      expect(skews).toEqual([ms]);
    },
  );

  const forged = Buffer.from(JSON.stringify({ aud: 'post', exp: NOW + 30_000, rid: 'r', op: 'q', sub: '1', sid: '1' }));
  test.each<[string, string | undefined, string, string, number]>([
    ['is missing', undefined, 'post', SECRET, NOW],
    ['is empty', '', 'post', SECRET, NOW],
    ['has no signature', body, 'post', SECRET, NOW],
    ['was changed', `${forged.toString('base64url')}.${mac}`, 'post', SECRET, NOW],
    ['was signed with another secret', header, 'post', `${SECRET}!`, NOW],
    ['is for another subgraph', header, 'user', SECRET, NOW],
    ['is old', header, 'post', SECRET, NOW + 91_000],
    ['is from the future', header, 'post', SECRET, NOW - 61_000],
    ['has something behind it', `${header}.x`, 'post', SECRET, NOW],
  ])('is refused where it %s', (_, given, audience, secret, now) => {
    expect(() => verifyViewerPass(given, audience, secret, now)).toThrow(ViewerPassError);
  });
});
