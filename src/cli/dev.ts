// Runs the command line from source: `tsx src/cli/dev.ts …`, or `npm run lockkeeper -- …`.
import { main } from "./main.js";

await main(process.argv.slice(2));
