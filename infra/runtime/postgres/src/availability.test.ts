import { eventually } from '@tintype/testing';
import { expect, test } from 'vitest';
import { createAvailability } from './availability.ts';

function createFixture() {
  const server = { answers: true, probes: 0 };
  const availability = createAvailability({
    async probe() {
      server.probes += 1;
      if (!server.answers) throw new Error('There was no answer.');
    },
    everyMs: 1,
  });
  return { server, availability };
}

/** A server that accepts probes, but answers them only when the test lets it. */
function createFrozenFixture() {
  const probes: { answer(): void; isAborted(): boolean }[] = [];
  const availability = createAvailability({
    probe(signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      probes.push({ answer: resolve, isAborted: () => signal.aborted });
      return promise;
    },
    probeMs: 1,
  });
  return { probes, availability };
}

test('a statement that had no answer is a reason to probe, and not to give the server up', async () => {
  const { server, availability } = createFixture();
  availability.suspect(performance.now());
  await eventually(() => expect(server.probes).toBe(1));
  expect(() => availability.check()).not.toThrow();
});

test('nothing is probed while other statements are answered', async () => {
  const { server, availability } = createFixture();
  const sentAt = performance.now();
  availability.answered();
  availability.suspect(sentAt);
  await new Promise(setImmediate);
  expect(server.probes).toBe(0);
});

test('nobody waits for a server that answers no probe, until it answers one', async () => {
  const { server, availability } = createFixture();
  server.answers = false;
  availability.suspect(performance.now());
  await eventually(() => expect(() => availability.check()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' })));
  expect(availability.isAway()).toBe(true);
  server.answers = true;
  await eventually(() => expect(() => availability.check()).not.toThrow());
});

test('an idle server is probed on demand', async () => {
  const { server, availability } = createFixture();
  server.answers = false;
  await eventually(() => expect(availability.isAway()).toBe(true));
});

test('an unanswered probe is kept, because a server that resumes answers it first', async () => {
  const { probes, availability } = createFrozenFixture();
  availability.suspect(performance.now());
  await eventually(() => expect(probes.length).toBeGreaterThan(2));
  expect(availability.isAway()).toBe(true);
  expect(probes[0]!.isAborted()).toBe(false);
  probes[0]!.answer();
  await eventually(() => expect(() => availability.check()).not.toThrow());
  await eventually(() => expect(probes.every(({ isAborted }) => isAborted())).toBe(true));
});

test('few probes are kept, the first among them', async () => {
  const { probes, availability } = createFrozenFixture();
  availability.suspect(performance.now());
  await eventually(() => expect(probes.length).toBeGreaterThan(5));
  const kept = probes.filter(({ isAborted }) => !isAborted());
  expect(kept).toHaveLength(4);
  expect(kept[0]).toBe(probes[0]);
  availability.answered();
});

test('waiters continue when the server is back, or when they are aborted', async () => {
  const { server, availability } = createFixture();
  server.answers = false;
  availability.suspect(performance.now());
  await eventually(() => expect(availability.isAway()).toBe(true));
  const controller = new AbortController();
  const given = availability.untilBack(controller.signal);
  controller.abort();
  await given;
  const back = availability.untilBack(new AbortController().signal);
  server.answers = true;
  await back;
  expect(() => availability.check()).not.toThrow();
});
