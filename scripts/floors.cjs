/** The floors of docs/architecture.md: what stands on one imports only from those below it. */
const rooms = [
  ['kernel', 'file', 'system'],
  ['oci', 'package', 'config'],
  ['stream', 'source', 'vm', 'container'],
  ['kmods', 'compose', 'gate', 'trust', 'flist', 'ignition'],
  ['release'],
  ['site', 'workflow'],
  ['command'],
];

/** Floors inside of rooms, from the lowest; `.` stands for the files of the room itself. */
const inside = {
  command: [
    ['text'],
    ['context'],
    ['render'],
    ['options'],
    ['ignition', 'jobs'],
    ['stream', 'image', 'flist', 'shell', 'trust', 'workflow'],
    ['.'],
  ],
  config: [['ci'], ['.']],
  file: [['compression'], ['.'], ['tar']],
  flist: [['block'], ['store'], ['manifest'], ['pack', 'mount', 'boot'], ['.']],
  'gate/abi': [['kernel'], ['module'], ['probing', 'describe', 'crew'], ['tree'], ['.']],
  kernel: [['version', 'kmod'], ['elf'], ['signature', 'module', 'btf'], ['index', 'image']],
  kmods: [['image'], ['rpm'], ['.']],
  oci: [
    ['.'],
    ['layout', 'remote', 'toc'],
    ['oci-archive', 'tree'],
    ['open', 'evidence'],
    ['probe'],
  ],
  release: [
    ['inputs', 'channel'],
    ['record'],
    ['context'],
    ['kept', 'gates'],
    ['family/debian'],
    ['facts'],
    ['family/rpm'],
    ['lock', 'survey', 'resolve'],
    ['promotion'],
    ['flists', 'retention', 'status'],
    ['copying'],
    ['plan'],
    ['run'],
    ['jobs'],
  ],
  trust: [
    ['json'],
    ['key'],
    ['signature', 'dsse'],
    ['bundle'],
    ['keyless'],
    ['sign', 'verify', 'policy'],
    ['simulate', 'hosts', 'sbom', 'predicate'],
    ['chain'],
    ['.'],
  ],
  workflow: [
    ['document', 'machine', 'engine'],
    ['actions', 'runs', 'tracker'],
    ['project'],
    ['hub', 'check'],
    ['extras'],
    ['.'],
  ],
  'stream/debian': [['apt'], ['root'], ['.']],
};

module.exports = { rooms, inside };
