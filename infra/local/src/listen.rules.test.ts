import { describe, expect, test } from 'vitest';
import { addressOf, withPort } from './listen.rules.ts';

describe('HEALTH_LISTEN', () => {
  test('is a port or a socket', () => {
    expect(addressOf('10.0.0.5:9090')).toEqual({ host: '10.0.0.5', port: 9090 });
    expect(addressOf('unix:/run/health.sock')).toEqual({ socketPath: '/run/health.sock' });
  });

  test('replaces port 0 by a free port, and leaves others alone', () => {
    expect(withPort('127.0.0.1:0', 4321)).toBe('127.0.0.1:4321');
    expect(withPort('127.0.0.1:8000', 4321)).toBe('127.0.0.1:8000');
    expect(withPort('unix:/run/health:0', 4321)).toBe('unix:/run/health:0');
  });
});
