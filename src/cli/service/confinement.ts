import { readFileSync } from 'node:fs';

/** `\040` and the like: proc_pid_mountinfo(5). */
const unescaped = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

/**
 * Whether a directory is on a read-only mount for a process of the same user.
 *
 * @param folder absolute
 * @throws what the file system says, where the process is gone
 */
export function isReadOnlyTo(pid: number, folder: string): boolean {
  let covering = { point: '', options: '' };
  for (const line of readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n')) {
    const [, , , , mounted = '', options = ''] = line.split(' ');
    const point = unescaped(mounted);
    const covers = point === '/' || folder === point || folder.startsWith(`${point}/`);
    // Of two mounts on one point the later one is seen.
    if (point !== '' && covers && point.length >= covering.point.length) covering = { point, options };
  }
  return covering.options.split(',').includes('ro');
}
