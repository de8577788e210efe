import { createHash } from 'node:crypto';
import { seal, unseal } from '@tintype/service';
import { z } from 'zod';
import type { ProviderAccount } from './identity-provider.model.ts';

/** How long somebody has for the page of the provider, and then to choose a username. */
export const SEALED_MS = 10 * 60_000;

/** The domains of the seals. */
const FLOW = 'tintype identity provider flow v1';
const SIGN_UP = 'tintype identity provider sign-up v1';

/** A sealed text that a client can have made longer is not decrypted. */
const MAX_LENGTH = 8192;

const flow = z.object({
  issuer: z.string(),
  redirectUri: z.string(),
  /** Each is random, and made for this flow. */
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  /** Whose account a link is for, in which session, and the digest of their password hash; null for a log-in. */
  owner: z.object({ userId: z.string(), sessionId: z.string(), passwordDigest: z.string() }).nullable(),
  at: z.number(),
});

/**
 * What has to be remembered while a person is at the page of a provider. The client keeps it, sealed: it proves that
 * the answer returns to where the flow was started, and hides the secret of PKCE (RFC 7636).
 */
export type Flow = z.infer<typeof flow>;

const signUp = z.object({
  account: z.object({
    issuer: z.string(),
    subject: z.string(),
    email: z.string().nullable(),
    isEmailVerified: z.boolean(),
    name: z.string().nullable(),
  }),
  at: z.number(),
});

export function sealFlow(value: Flow, secret: string): string {
  return seal(JSON.stringify(value), secret, FLOW).toString('base64url');
}

/** @returns null if it is not one of ours, in another form than that of this version, or too old */
export function readFlow(text: string, secret: string, now = Date.now()): Flow | null {
  return open(text, secret, FLOW, flow, now);
}

/** Proves that somebody has logged in to this account at the provider. */
export function sealSignUp(account: ProviderAccount, at: number, secret: string): string {
  return seal(JSON.stringify({ account, at }), secret, SIGN_UP).toString('base64url');
}

/** @returns null if it is not one of ours, or too old */
export function readSignUp(text: string, secret: string, now = Date.now()): ProviderAccount | null {
  return open(text, secret, SIGN_UP, signUp, now)?.account ?? null;
}

/** So that a link that was begun before the password changed is not finished after it. */
export function digestOf(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('base64url');
}

function open<Value extends { at: number }>(
  text: string,
  secret: string,
  purpose: string,
  schema: z.ZodType<Value>,
  now: number,
): Value | null {
  if (text.length > MAX_LENGTH) return null;
  const opened = unseal(Buffer.from(text, 'base64url'), secret, purpose);
  const parsed = opened === null ? null : schema.safeParse(JSON.parse(opened));
  return parsed?.success && now - parsed.data.at < SEALED_MS ? parsed.data : null;
}
