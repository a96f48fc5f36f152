import type { ChannelOptions } from '../../options/channel.ts';
import type { ProjectOptions } from '../../options/project.ts';
import type { ChoiceOptions } from '../../options/several.ts';

export interface PlanOptions extends ProjectOptions, ChannelOptions, ChoiceOptions {
  promote: boolean;
  force?: true;
  matrix?: true;
  save?: string;
  outputs?: string;
  dispatch?: string;
}
