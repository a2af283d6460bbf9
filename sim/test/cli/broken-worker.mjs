// A worker that breaks as the seed of its job says: the watchdogs around it are under test. Needs the build.
const { serveJobs } = await import("../../../dist/sim/platform/node/worker-process.js");

const hoard = [];
const ways = {
  throws: () => ({
    ending: { bug: "Error: height 17 is odd\n    at decide (/x/protocol/consensus/pbft.js:3:1)" },
    states: [],
  }),
  loops: () => {
    for (;;) hoard.length = 0;
  },
  hoards: async () => {
    for (;;) {
      hoard.push(Buffer.alloc(16 * 2 ** 20, 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
  exits: () => process.exit(9),
};

/** Of every four jobs, each breaks in another way. */
serveJobs(async ({ scenario }) => {
  const index = Number(scenario.seed.split("-").at(-1));
  const way = Object.values(ways)[index % 4] ?? ways.exits;
  return way();
});
