import { fileURLToPath } from 'node:url';

/**
 * Where Node keeps what it compiled, as NODE_COMPILE_CACHE names it. A process that starts with it takes a third less of the processor,
 * which those that answer meanwhile need.
 */
export const COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/tintype/compiled', import.meta.url));
