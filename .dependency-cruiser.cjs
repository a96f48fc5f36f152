/** The floors of docs/rooms: a room imports only from rooms on lower floors. */
const FLOORS = [
  ['kernel', 'file', 'system'],
  ['oci', 'package', 'config'],
  ['stream', 'source', 'vm', 'container'],
  ['kmods', 'compose', 'gate', 'trust', 'flist', 'ignition'],
  ['release'],
  ['site', 'workflow'],
  ['command'],
];

const anyOf = (rooms) => `^src/(${rooms.join('|')})/`;
const roomRules = FLOORS.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    name: `floor-${floor}-${room}`,
    comment: `src/${room} stands on floor ${floor} and imports only from itself and the floors below`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: {
      path: '^src/[^/]+/',
      pathNot: anyOf([
        room,
        ...(floor === 0 && room !== 'system' ? ['system'] : []),
        ...FLOORS.slice(0, floor).flat(),
      ]),
    },
  })),
);

module.exports = {
  forbidden: [
    ...roomRules,
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
