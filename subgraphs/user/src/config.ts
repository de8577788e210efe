import { appSettings, mailSettings, mediaSettings } from '@tintype/service';

export const settings = [appSettings, mailSettings, mediaSettings];
