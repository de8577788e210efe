import { aptInstall, aptPrefix, installCommand } from './apt.ts';
import { findBinary } from './binaries.ts';

const BINARIES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Flags for a headless run without a sandbox (as root) and without calls home. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Path of a Chromium: CHROMIUM_PATH, one of this machine, or installed with apt.
 *
 * @throws Error that names the command
 */
export async function ensureChromium(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH;
  const find = () => BINARIES.map(findBinary).find((path) => path !== null);
  const found = find();
  if (found) return found;
  const prefix = await aptPrefix();
  if (!prefix) throw new Error(`Missing: Chromium. Install it as root with\n  ${installCommand(['chromium'])}`);
  await aptInstall(['chromium'], prefix);
  const installed = find();
  if (!installed) throw new Error('Chromium was installed but is not on the PATH.');
  return installed;
}
