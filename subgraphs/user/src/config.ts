import { mediaSettings } from '@tintype/service';

export const settings = [mediaSettings];
