import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { CREDENTIAL_LENGTH } from '../limits.ts';

/** A credential that was created. @returns null if the text is not the JSON form of one */
export function readNewCredential(text: string): RegistrationResponseJSON | null {
  const read = readCredential(text);
  const [clientDataJSON, attestationObject] = [read?.response.clientDataJSON, read?.response.attestationObject];
  if (!read || typeof clientDataJSON !== 'string' || typeof attestationObject !== 'string') return null;
  return { ...read.envelope, response: { clientDataJSON, attestationObject } };
}

/** A credential with which a challenge was answered. @returns null if the text is not the JSON form of one */
export function readAssertion(
  text: string,
): (AuthenticationResponseJSON & { response: { userHandle: string } }) | null {
  const read = readCredential(text);
  if (!read) return null;
  const { clientDataJSON, authenticatorData, signature, userHandle } = read.response;
  if (typeof clientDataJSON !== 'string' || typeof authenticatorData !== 'string') return null;
  // All our passkeys are discoverable, so each comes with its user handle.
  if (typeof signature !== 'string' || typeof userHandle !== 'string') return null;
  return { ...read.envelope, response: { clientDataJSON, authenticatorData, signature, userHandle } };
}

type Envelope = Pick<RegistrationResponseJSON, 'id' | 'rawId' | 'type' | 'clientExtensionResults'>;

/** What both have in common. Everything else that a client sends with it is left out. */
function readCredential(text: string): { envelope: Envelope; response: Record<string, unknown> } | null {
  if (text.length > CREDENTIAL_LENGTH) return null;
  const credential = parsed(text);
  if (!isRecord(credential) || !isRecord(credential.response)) return null;
  const { id, response } = credential;
  if (typeof id !== 'string' || credential.rawId !== id || credential.type !== 'public-key') return null;
  return { envelope: { id, rawId: id, type: 'public-key', clientExtensionResults: {} }, response };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
