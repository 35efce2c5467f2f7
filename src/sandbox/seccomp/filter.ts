/**
 * The system-call filter: what a command is refused by the kernel, besides what namespaces and missing capabilities refuse.
 *
 * A list of what is refused rather than of what is allowed: which calls a program makes changes with every libc, and
 * namespaces hold without it. Each entry either reaches parts of the kernel that have been broken before and that a
 * command does not need, or gets around something that the sandbox holds. See decision 0008.
 */
import { assembleFilter, type Check } from "./bpf.js";
import { callNumbers, type FilterArch } from "./call-numbers.js";

const enosys = 38;
const eperm = 1;
const eafnosupport = 97;

/** Refused with EPERM, whatever their arguments. */
export const refusedCalls = [
  // Into other processes.
  "ptrace",
  "process_vm_readv",
  "process_vm_writev",
  "process_madvise",
  "pidfd_getfd",
  "kcmp",
  // Around every other line of this filter: a ring makes system calls that no filter sees.
  "io_uring_setup",
  "io_uring_enter",
  "io_uring_register",
  // Keys are not in any namespace.
  "keyctl",
  "add_key",
  "request_key",
  "bpf",
  "perf_event_open",
  "userfaultfd",
  "memfd_secret",
  "fanotify_init",
  "name_to_handle_at",
  "open_by_handle_at",
  "lookup_dcookie",
  // Mounts and namespaces: more of them would give capabilities within, and with them much of the kernel.
  "mount",
  "umount2",
  "pivot_root",
  "chroot",
  "move_mount",
  "open_tree",
  "open_tree_attr",
  "fsopen",
  "fsconfig",
  "fsmount",
  "fspick",
  "mount_setattr",
  "unshare",
  "setns",
  // The machine itself.
  "kexec_load",
  "kexec_file_load",
  "init_module",
  "finit_module",
  "delete_module",
  "swapon",
  "swapoff",
  "reboot",
  "syslog",
  "acct",
  "quotactl",
  "quotactl_fd",
  "settimeofday",
  "clock_settime",
  "clock_adjtime",
  "adjtimex",
  "vhangup",
  "iopl",
  "ioperm",
  "modify_ldt",
] as const;

/** New namespaces: mount, cgroup, uts, ipc, user, pid, net. */
const cloneNew = 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;

const memfdNoExec = 8;
const afInet = 2;
const afInet6 = 10;
const afNetlink = 16;
const netlinkRoute = 0;
const tiocsti = 0x5412;
const tioclinux = 0x541c;

/** Refused by their arguments; a check's `argument` is from 0. */
export const refusedArguments: readonly Check[] = [
  { call: "clone", errno: eperm, refuse: { argument: 0, kind: "any-bit", value: cloneNew } },
  // Its flags are behind a pointer that a filter cannot follow; libraries fall back to clone.
  { call: "clone3", errno: enosys, refuse: "always" },
  { call: "ioctl", errno: eperm, refuse: { argument: 1, kind: "one-of", values: [tiocsti, tioclinux] } },
  // Memory that is named nowhere and can be executed; without the right to execute it is only memory.
  { call: "memfd_create", errno: eperm, refuse: { argument: 1, kind: "no-bit", value: memfdNoExec } },
  { call: "personality", errno: eperm, refuse: { argument: 0, kind: "none-of", values: [0, 0xffffffff] } },
];

/**
 * Which sockets there may be. Not AF_UNIX: a container engine, an agent of keys and a session's bus listen there, a
 * read-only bind does not stop connect(), and its addresses are behind a pointer that a filter cannot follow. Pairs of
 * connected sockets stay. Netlink speaks to many parts of the kernel; libraries need only the one for addresses.
 *
 * @requirement EXE-25
 */
export function refusedSockets(): readonly Check[] {
  const families = [afInet, afInet6, afNetlink];
  return [
    { call: "socket", errno: eafnosupport, refuse: { argument: 0, kind: "none-of", values: families } },
    {
      call: "socket",
      errno: eafnosupport,
      refuse: { argument: 0, kind: "one-of", values: [afNetlink], and: { argument: 2, value: netlinkRoute } },
    },
  ];
}

/**
 * The filter as the kernel takes it, for `arch`, a value of `process.arch`. Another architecture's calls, and on x86-64
 * those of its 32-bit-pointer variant, end the process: their numbers mean something else.
 *
 * @requirement SBX-07
 */
export function systemCallFilter(arch: FilterArch): Buffer {
  const checks: Check[] = [
    ...refusedCalls.map((call): Check => ({ call, errno: eperm, refuse: "always" })),
    ...refusedArguments,
    ...refusedSockets(),
  ];
  return assembleFilter(callNumbers[arch], checks);
}

/** Whether there is a filter for this `process.arch`. */
export function hasFilter(arch: string): arch is FilterArch {
  return Object.hasOwn(callNumbers, arch);
}
