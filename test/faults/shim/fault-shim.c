/*
 * Stands between a program and the C library (LD_PRELOAD): counts the calls that change files below a folder, ends the program in the
 * middle of one of them, makes them fail, writes down what they did, and shifts the clock.
 *
 * CARO_FAULT_ROOT     the folder; calls on files outside are not seen
 * CARO_FAULT_CONTROL  a file of struct control, shared with whoever steers
 * CARO_FAULT_RECORD   where to write down every change, in order (see power-cut.ts); not set: nowhere
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { CREATE = 1, WRITE = 2, SYNC = 3, TRUNCATE = 4, RENAME = 5, UNLINK = 6, MKDIR = 7, LINK = 8, SYNC_FOLDER = 9 };

struct control {
  volatile int64_t calls;       /* changing calls so far, of all processes */
  volatile int64_t kill_at;     /* ends the program in this call; 0: never */
  volatile int64_t fail_from;   /* the first call that fails; 0: none */
  volatile int64_t fail_until;  /* the first one after it that does not */
  volatile int64_t fail_errno;
  volatile int64_t failed;      /* calls that failed */
  volatile int64_t clock_us;    /* added to what the clock says */
};

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct control *control;
static char root[PATH_MAX];
static size_t root_length;
static int record = -1;
static __thread int inside;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("CARO_FAULT_ROOT"), *steer = getenv("CARO_FAULT_CONTROL"), *log = getenv("CARO_FAULT_RECORD");
  if (!folder || !steer) return;
  inside = 1;
  if (realpath(folder, root)) root_length = strlen(root);
  int file = REAL(open64)(steer, O_RDWR | O_CLOEXEC);
  if (file >= 0) {
    void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) control = page;
    close(file);
  }
  if (log) record = REAL(open64)(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  inside = 0;
}

/* The note of what is being analysed is no kill point: two kills there are what sets a command aside. */
static int below_root(const char *path) {
  const char *name = strrchr(path, '/');
  if (name && !strcmp(name, "/in-hand")) return 0;
  return control && root_length && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int absolute(const char *path, char *into) {
  if (path[0] == '/') { snprintf(into, PATH_MAX, "%s", path); return 1; }
  char folder[PATH_MAX];
  if (!getcwd(folder, sizeof folder)) return 0;
  int length = snprintf(into, PATH_MAX, "%s/%s", folder, path);
  return length > 0 && length < PATH_MAX;
}

static int watched(const char *path, char *into) { return !inside && control && absolute(path, into) && below_root(into); }

static int watched_file(int descriptor) {
  if (inside || !control) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return below_root(path);
}

/* Counts a call. Returns -1 with errno where it has to fail, 1 where the program has to end in it, 0 otherwise. */
static int count_call(void) {
  int64_t number = __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
  if (control->fail_from && number >= control->fail_from && number < control->fail_until) {
    __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
    errno = (int)control->fail_errno;
    return -1;
  }
  return control->kill_at && number == control->kill_at;
}

static void end(void) { kill(getpid(), SIGKILL); for (;;) pause(); }

static uint64_t inode_of(int descriptor) {
  struct stat facts;
  return fstat(descriptor, &facts) == 0 ? (uint64_t)facts.st_ino : 0;
}

static void note(uint8_t kind, uint64_t inode, uint64_t number, const void *data, uint32_t length) {
  if (record < 0) return;
  struct __attribute__((packed)) { uint8_t kind; uint64_t inode, number; uint32_t length; } head = {kind, inode, number, length};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, length}};
  int kept = errno;
  inside += 1;
  if (REAL(writev)(record, parts, 2) < 0) abort();
  inside -= 1;
  errno = kept;
}

static ssize_t change_bytes(int descriptor, const void *bytes, size_t size, off64_t at) {
  pthread_mutex_lock(&lock);
  int verdict = count_call();
  ssize_t done = -1;
  if (verdict >= 0) {
    size_t part = verdict == 1 ? size / 2 : size;
    done = at < 0 ? REAL(write)(descriptor, bytes, part) : REAL(pwrite64)(descriptor, bytes, part, at);
    if (done > 0) {
      off64_t from = at < 0 ? lseek64(descriptor, 0, SEEK_CUR) - done : at;
      note(WRITE, inode_of(descriptor), (uint64_t)from, bytes, (uint32_t)done);
    }
    if (verdict == 1) end();
  }
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
  return watched_file(descriptor) ? change_bytes(descriptor, bytes, size, -1) : REAL(write)(descriptor, bytes, size);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t at) {
  return watched_file(descriptor) ? change_bytes(descriptor, bytes, size, at) : REAL(pwrite64)(descriptor, bytes, size, at);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t at) { return pwrite64(descriptor, bytes, size, at); }
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  if (!watched_file(descriptor)) return REAL(writev)(descriptor, parts, count);
  ssize_t sum = 0;
  for (int index = 0; index < count; index += 1) {
    ssize_t done = change_bytes(descriptor, parts[index].iov_base, parts[index].iov_len, -1);
    if (done < 0) return sum > 0 ? sum : done;
    sum += done;
  }
  return sum;
}

static int synced(int descriptor, int whole) {
  pthread_mutex_lock(&lock);
  int verdict = count_call(), done = -1;
  if (verdict == 1) end();
  if (verdict == 0) {
    done = whole ? REAL(fsync)(descriptor) : REAL(fdatasync)(descriptor);
    struct stat facts;
    if (done == 0 && fstat(descriptor, &facts) == 0) {
      char link[64], path[PATH_MAX];
      snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
      ssize_t length = readlink(link, path, sizeof path);
      if (S_ISDIR(facts.st_mode)) note(SYNC_FOLDER, (uint64_t)facts.st_ino, 0, path, length > 0 ? (uint32_t)length : 0);
      else note(SYNC, (uint64_t)facts.st_ino, 0, NULL, 0);
    }
  }
  pthread_mutex_unlock(&lock);
  return done;
}
int fsync(int descriptor) { return watched_file(descriptor) ? synced(descriptor, 1) : REAL(fsync)(descriptor); }
int fdatasync(int descriptor) { return watched_file(descriptor) ? synced(descriptor, 0) : REAL(fdatasync)(descriptor); }

int ftruncate64(int descriptor, off64_t size) {
  if (!watched_file(descriptor)) return REAL(ftruncate64)(descriptor, size);
  pthread_mutex_lock(&lock);
  int verdict = count_call(), done = -1;
  if (verdict == 1) end();
  if (verdict == 0 && (done = REAL(ftruncate64)(descriptor, size)) == 0) note(TRUNCATE, inode_of(descriptor), (uint64_t)size, NULL, 0);
  pthread_mutex_unlock(&lock);
  return done;
}
int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

/* A name is changed; `pair` is one path, or two with a NUL between them. */
static int change_name(uint8_t kind, const char *pair, uint32_t length, uint64_t inode, int (*act)(const void *), const void *with) {
  pthread_mutex_lock(&lock);
  int verdict = count_call(), done = -1;
  if (verdict == 1) end();
  if (verdict == 0 && (done = act(with)) == 0) note(kind, inode, 0, pair, length);
  pthread_mutex_unlock(&lock);
  return done;
}

struct two { const char *from, *to; mode_t mode; };
static int do_rename(const void *with) { const struct two *names = with; return REAL(rename)(names->from, names->to); }
static int do_link(const void *with) { const struct two *names = with; return REAL(link)(names->from, names->to); }
static int do_unlink(const void *with) { return REAL(unlink)(((const struct two *)with)->from); }
static int do_mkdir(const void *with) { const struct two *names = with; return REAL(mkdir)(names->from, names->mode); }

static int change_two(uint8_t kind, const char *from, const char *to, int (*act)(const void *)) {
  struct two names = {from, to, 0};
  char first[PATH_MAX], pair[2 * PATH_MAX];
  if (!watched(from, first)) return act(&names);
  int length = snprintf(pair, sizeof pair, "%s", first) + 1;
  if (!absolute(to, pair + length)) return act(&names);
  return change_name(kind, pair, (uint32_t)(length + (int)strlen(pair + length)), 0, act, &names);
}
int rename(const char *from, const char *to) { return change_two(RENAME, from, to, do_rename); }
int link(const char *from, const char *to) { return change_two(LINK, from, to, do_link); }
int unlink(const char *path) {
  struct two names = {path, NULL, 0};
  char whole[PATH_MAX];
  return watched(path, whole) ? change_name(UNLINK, whole, (uint32_t)strlen(whole), 0, do_unlink, &names) : do_unlink(&names);
}
int mkdir(const char *path, mode_t mode) {
  struct two names = {path, NULL, mode};
  char whole[PATH_MAX];
  if (!watched(path, whole) || access(whole, F_OK) == 0) return do_mkdir(&names);
  return change_name(MKDIR, whole, (uint32_t)strlen(whole), 0, do_mkdir, &names);
}

/* Not written down: after a power cut a mode is the old or the new one, as after a kill. */
int chmod(const char *path, mode_t mode) {
  char whole[PATH_MAX];
  if (watched(path, whole)) {
    pthread_mutex_lock(&lock);
    int verdict = count_call();
    if (verdict == 1) end();
    pthread_mutex_unlock(&lock);
    if (verdict < 0) return -1;
  }
  return REAL(chmod)(path, mode);
}

/* Opening counts where it makes or empties a file. */
static int opened(int folder, const char *path, int flags, mode_t mode) {
  char whole[PATH_MAX];
  struct stat facts;
  if (!(flags & (O_CREAT | O_TRUNC)) || (path[0] != '/' && folder != AT_FDCWD) || !watched(path, whole))
    return REAL(openat64)(folder, path, flags, mode);
  pthread_mutex_lock(&lock);
  int existed = stat(whole, &facts) == 0, result = -1;
  if (existed && !(flags & O_TRUNC)) result = REAL(openat64)(folder, path, flags, mode);
  else {
    int verdict = count_call();
    if (verdict == 1) end();
    if (verdict == 0 && (result = REAL(openat64)(folder, path, flags, mode)) >= 0) {
      if (existed) note(TRUNCATE, inode_of(result), 0, NULL, 0);
      else note(CREATE, inode_of(result), 0, whole, (uint32_t)strlen(whole));
    }
  }
  pthread_mutex_unlock(&lock);
  return result;
}
#define MODE_OF(flags) ({ mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } mode; })
int open(const char *path, int flags, ...) { mode_t mode = MODE_OF(flags); return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { mode_t mode = MODE_OF(flags); return opened(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { mode_t mode = MODE_OF(flags); return opened(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { mode_t mode = MODE_OF(flags); return opened(folder, path, flags, mode); }

int clock_gettime(clockid_t which, struct timespec *now) {
  int done = REAL(clock_gettime)(which, now);
  if (done == 0 && control && control->clock_us && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
    int64_t us = now->tv_sec * 1000000LL + now->tv_nsec / 1000 + control->clock_us;
    now->tv_nsec = (us % 1000000) * 1000 + now->tv_nsec % 1000;
    now->tv_sec = us / 1000000;
  }
  return done;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec at;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &at) != 0) return -1;
  now->tv_sec = at.tv_sec;
  now->tv_usec = at.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *into) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  if (into) *into = at.tv_sec;
  return at.tv_sec;
}
