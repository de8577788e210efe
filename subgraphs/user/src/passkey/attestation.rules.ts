import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers';

/**
 * Whether a new credential comes without certificates of its maker. We do not ask for them, and the library would check
 * those that a client sends nevertheless, also by opening addresses that they name.
 *
 * @param attestationObject in base64url
 * @throws Error if it cannot be read
 */
export function isUnattested(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
  const format = decoded.get('fmt');
  // A key may attest itself, although nobody asked (WebAuthn Level 3, section 5.1.3).
  return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
}
