/**
 * Names that prose puts in backquotes and that no code of this repository holds: they belong to
 * other programs, or are examples.
 */
export const FOREIGN_NAMES: ReadonlySet<string> = new Set([
  // Node, V8, the C library and the dynamic linker.
  'LD_BIND_NOW',
  'NODE_COMPILE_CACHE',
  'OPENSSL_CONF',
  'RemoveEnvironmentCleanupHook',
  'UV_THREADPOOL_SIZE',
  'perf_hooks',
  // systemd and Linux.
  'CapabilityBoundingSet',
  'MemoryDenyWriteExecute',
  'PrivateDevices',
  'PrivateTmp',
  'ProtectClock',
  'ProtectKernelLogs',
  'ProtectKernelModules',
  'USER_HZ',
  'max_user_namespaces',
  'unprivileged_userns_clone',
  'protected_hardlinks',
  'fstat',
  'lstat',
  'st_mode',
  'sun_path',
  // Sigma.
  'Hashes',
  'LogonId',
  'ParentCommandLine',
  // Other programs and standards.
  'GIT_SSH_COMMAND',
  'Host',
  'Origin',
  'PIPESTATUS',
  'credentials_file',
  'cs6',
  'unhealthy',
  // Examples.
  'MAJOR',
  'MINOR',
  'PATCH',
  'EXE',
  'GIT',
  'PRIVATE_KEY_B64',
  'SECRET_2',
  'TOKEN_PROD',
  'secretName',
  'token_file',
  'tokenizer',
  'validateSummaryAck',
  'HIST_IGNORE_SPACE',
  'fish_private_mode',
  'fish_should_add_to_history',
]);
