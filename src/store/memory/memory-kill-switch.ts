import { type KillSwitchStore, untouchedKillSwitch } from "../../approval/index.js";

/** The kill switch in this process's memory: for one process, and for as long as it lives. */
export function createMemoryKillSwitch(): KillSwitchStore {
  let state = untouchedKillSwitch;
  return {
    read: async () => state,
    set: async (next) => {
      state = next;
    },
  };
}
