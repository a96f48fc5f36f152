import { withoutBoot } from '../../butane/structs.ts';
import { added as coreos } from '../../fcos/v1_8_experimental/schema.ts';

/** What Fedora CoreOS adds at this version of Ignition, but for its boot disk. */
export const added = withoutBoot(coreos);
