import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** As for code, which Biome wraps. It leaves comments as they are. */
const LONGEST = 120;

const COMMENT = /^\s*(\/\/|\/?\*)/;
const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
const linesOf = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8').split('\n');

/** Without tables, whose rows cannot be wrapped, and code. */
function proseOf(path: string): string[] {
  let isCode = false;
  return linesOf(path).filter((line) => {
    const isFence = /^\s*```/.test(line);
    if (isFence) isCode = !isCode;
    return !isFence && !isCode && !line.trimStart().startsWith('|');
  });
}

test.each([
  ['pages', /\.md$/, proseOf],
  ['comments', /\.(ts|tsx|prisma)$/, (path: string) => linesOf(path).filter((line) => COMMENT.test(line))],
])('lines of %s have up to 120 characters', (_, name, read) => {
  const chosen = files.filter((path) => name.test(path));
  expect(chosen.length).toBeGreaterThan(10);
  const long = chosen.flatMap((path) =>
    read(path)
      .filter((line) => line.length > LONGEST)
      .map((line) => `${path}: ${line}`),
  );
  expect(long).toEqual([]);
});
