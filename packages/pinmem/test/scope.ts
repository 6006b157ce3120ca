// How much is tested: `npm test` takes one of each kind, `npm run test:full` takes everything, as continuous integration does.

/** Whether also those cases run that repeat a check on a larger network, or in single precision, and take long. */
export const full = process.env.PINMEM_TESTS === "full";
