/**
 * The command that `caro doctor` types into a shell to see whether it is recorded. It does nothing,
 * and the collector never stores it. Only exactly this text is left out, so that no other command
 * can be hidden behind it.
 */
export const probeCommand = (id: string): string => `: caro-doctor-probe-${id}`;

export const isProbeCommand = (text: string): boolean => /^: caro-doctor-probe-[0-9a-f]{16}$/.test(text);
