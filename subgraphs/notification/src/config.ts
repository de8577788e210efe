import { address, defineSettings, flag, mailAddress, publicSettings, text } from '@tintype/service';

type MailAddress = { from: string } & ({ url: string } | { directory: string });

export const deliverySettings = defineSettings({
  variables: {
    MAIL_URL: address('smtp:', 'smtps:').optional(),
    MAIL_DIRECTORY: text.optional(),
    MAIL_FROM: mailAddress.default('tintype@localhost.localdomain'),
    PUSH_ALLOW_LOCAL: flag.default(false),
  },
  toValue: (value) => ({
    /** Null if no mail is sent. */
    mail: mailOf(value),
    mailFrom: value.MAIL_FROM,
    pushAllowLocal: value.PUSH_ALLOW_LOCAL,
  }),
});

export const settings = [deliverySettings, publicSettings];

function mailOf(value: {
  MAIL_URL?: string | undefined;
  MAIL_DIRECTORY?: string | undefined;
  MAIL_FROM: string;
}): MailAddress | null {
  const from = value.MAIL_FROM;
  if (value.MAIL_URL) return Object.freeze({ from, url: value.MAIL_URL });
  return value.MAIL_DIRECTORY ? Object.freeze({ from, directory: value.MAIL_DIRECTORY }) : null;
}
