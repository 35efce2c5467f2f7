/** What the environment says of where we run. */
export type Environment = {
  readonly ci: boolean;
  readonly githubActions: boolean;
  /** The file that GitHub shows as a step's summary. */
  readonly githubStepSummary: string | undefined;
  /** Which gateway commands ask, and with which Bearer token. */
  readonly gatewayUrl: string | undefined;
  readonly gatewayToken: string | undefined;
};

/** Reads the process's environment. */
export function environment(): Environment {
  const { CI, GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, LOCKKEEPER_URL, LOCKKEEPER_TOKEN } = process.env;
  return {
    ci: CI !== undefined && CI !== "" && CI !== "false",
    githubActions: GITHUB_ACTIONS === "true",
    githubStepSummary: GITHUB_STEP_SUMMARY === "" ? undefined : GITHUB_STEP_SUMMARY,
    gatewayUrl: LOCKKEEPER_URL === "" ? undefined : LOCKKEEPER_URL,
    gatewayToken: LOCKKEEPER_TOKEN === "" ? undefined : LOCKKEEPER_TOKEN,
  };
}

/** Everything that the environment says, as a gateway's settings read it. */
export function gatewayEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
