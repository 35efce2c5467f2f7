/** Asks git what it holds: `askGit` in words of git, `gitRepository` for commits, their files and what differs. */
export * from "./ask-git.js";
export * from "./git-repository.js";
