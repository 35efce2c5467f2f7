#!/usr/bin/env node
// Kept in syntax that old versions of Node can read, so that they can say what is wrong in one line.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(`lockkeeper needs Node 24 or newer; this is Node ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  import("../dist/src/cli/index.js").then(
    (cli) => cli.main(process.argv.slice(2)),
    (error) => {
      process.stderr.write(`lockkeeper cannot start: ${error.message}\n  hint: run "npm run build" in a checkout\n`);
      process.exitCode = 1;
    },
  );
}
