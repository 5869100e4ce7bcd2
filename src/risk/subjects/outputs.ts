/** Where a line leaves what its programs print, compress or unpack. */
import type { Redirection } from '../../shell/model.ts';
import type { Step } from '../step.ts';
import { NET_FILE } from './programs.ts';

/** Compressors that put their result beside the file. */
export const SUFFIXES = new Map([
  ['gzip', ['.gz']],
  ['pigz', ['.gz']],
  ['bzip2', ['.bz2']],
  ['xz', ['.xz']],
  ['lzma', ['.lzma']],
  ['zstd', ['.zst']],
  ['lz4', ['.lz4']],
  ['brotli', ['.br']],
  ['gpg', ['.gpg', '.asc']],
  ['age', ['.age']],
]);

/** The directory that is named to a program which unpacks an archive. */
export const unpacksInto = (step: Step): string | undefined => {
  const options = UNPACKS_INTO.get(step.tool);
  return options && step.value(...options);
};
const UNPACKS_INTO = new Map([
  ['tar', ['-C', '--directory']],
  ['unzip', ['-d']],
  ['7z', ['-o']],
]);

export const unpacks = (step: Step): boolean => {
  if (step.tool === 'tar')
    return /^[a-zA-Z]*x/.test(step.args[0] ?? '') || step.some(/^(?:-[a-zA-Z]*x[a-zA-Z]*|--extract|--get)$/);
  return step.tool === '7z' ? step.sub('x|e') : step.tool === 'unzip' && !step.flag('-l', '-t', '-p', '-v', '-Z');
};

/** A script that people unpack an archive for; `./configure` and its kind are what building is. */
export const isUnpackedScript = (path: string): boolean => UNPACKED_SCRIPT.test(path);
const UNPACKED_SCRIPT =
  /^(?![/~$])(?:[^/]+\/)*(?:install|setup|run|start|deploy|main)(?:[-_.]?\w+)?\.(?:sh|py|pl|rb|js|run|bin)$/;

export const isToNetwork = ({ target }: Pick<Redirection, 'target'>): boolean => NET_FILE.test(target.text);
