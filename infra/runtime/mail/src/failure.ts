import { isOutage } from '@tintype/telemetry';

/**
 * Why a mail was not sent. `refused`: the server will never accept it. `retry`: try again. With `isOutage`, the failure
 * says nothing about the mail.
 */
export type MailFailure = { kind: 'refused'; reason: string } | { kind: 'retry'; reason: string; isOutage: boolean };

const ADDRESS = /<?[^\s<>@]+@[^\s<>]+>?/g;

/** With a 5xx code, a mail server refuses the mail for good (RFC 5321, 4.2.1). */
export function mailFailure(error: unknown): MailFailure {
  const { message, responseCode = 0 } = error as Error & { responseCode?: number };
  // Servers repeat the address that they refuse, and reasons are logged.
  const reason = message.replaceAll(ADDRESS, '<address>');
  if (responseCode >= 500) return { kind: 'refused', reason };
  return { kind: 'retry', reason, isOutage: isOutage(error) };
}
