export { type MailFailure, mailFailure } from './failure.ts';
export { createMailTransport, type Mail, type MailOptions, type MailTransport, newMessageId } from './transport.ts';
