/** Rules: read a policy folder, build it to a bundle, decide with it. `readPolicyTree`, `openBundle`, `openPolicyHost`. */
export * from "./build-bundle.js";
export * from "./bundle.js";
export * from "./bundle-cache.js";
export { readBundleFolder, writeBundleFolder } from "./bundle-folder.js";
export * from "./bundle-tarball.js";
export * from "./engine.js";
export * from "./policy-files.js";
export * from "./policy-host.js";
export * from "./policy-tree.js";
export * from "./toolchain/index.js";
export * from "./toolchain-problems.js";
