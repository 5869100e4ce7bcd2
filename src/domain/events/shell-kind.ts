/**
 * The shells that are observed (FR-401). `sh` stands for every POSIX shell: dash, busybox ash, ksh,
 * mksh.
 */
export const SHELLS = ['bash', 'zsh', 'fish', 'sh'] as const;
export type ShellKind = (typeof SHELLS)[number];
