import { defineSettings, flag, mailSettings, publicSettings } from '@tintype/service';

export const deliverySettings = defineSettings({
  variables: { PUSH_ALLOW_LOCAL: flag.default(false) },
  toValue: (value) => ({ pushAllowLocal: value.PUSH_ALLOW_LOCAL }),
});

export const settings = [deliverySettings, mailSettings, publicSettings];
