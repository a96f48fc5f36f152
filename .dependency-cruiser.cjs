const { inside, rooms } = require('./scripts/floors.cjs');

const anyOf = (names) => `(?:${names.join('|')})`;

/** What a folder on a floor may import: itself, and everything on the floors below. */
const roomRules = rooms.flatMap((names, floor) =>
  names.map((room) => ({
    name: `floor-${floor}-${room}`,
    comment: `src/${room} imports only from itself and the floors below`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: {
      path: '^src/[^/]+/',
      pathNot: `^src/${anyOf([
        room,
        ...(floor === 0 && room !== 'system' ? ['system'] : []),
        ...rooms.slice(0, floor).flat(),
      ])}/`,
    },
  })),
);

/** The files of a folder by their path below the room; `.` has no folder. */
const below = (room, folder) =>
  folder === '.' ? `^src/${room}/[^/]+$` : `^src/${room}/${folder}/`;

const innerRules = Object.entries(inside).flatMap(([room, floors]) =>
  floors.flatMap((folders, floor) =>
    folders.map((folder) => ({
      name: `inside-${room}-${folder}`,
      comment: `src/${room}/${folder} imports inside of its room only from itself and the floors below`,
      severity: 'error',
      from: { path: below(room, folder), pathNot: '[.]test[.]ts$|/testing/' },
      to: {
        path: `^src/${room}/`,
        pathNot: [folder, ...floors.slice(0, floor).flat()].map((name) => below(room, name)),
      },
    })),
  ),
);

module.exports = {
  forbidden: [
    ...roomRules,
    ...innerRules,
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'tests-stay-outside',
      comment: 'the program imports nothing of its tests and benchmarks',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.]test[.]ts$|/testing/' },
      to: { path: '^(?:test|truth|testbed|bench|scripts)/|/testing/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
