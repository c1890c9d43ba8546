/* Stands between a program and the C library (LD_PRELOAD) for every call that changes files below one folder.

   Each such call is a step. A step can be written to a trace, be where the process is killed, or fail. SQLite's calls
   are seen like Python's, so the whole write order is covered without a line of test code in the program. */

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
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX], kinds[16];
static size_t root_len;
static long step, kill_at, fail_first, fail_count;
static int fail_errno, log_fd = -1, torn;

/* Called by the test program, through ctypes, before its work. Steps count from 1; 0 switches a fault off. */
void fault_arm(const char *folder, const char *log, const char *counted, long kill_step, int half, long first,
               long count, int error) {
    root_len = 0;
    step = 0;
    strcpy(root, folder);
    strcpy(kinds, counted);
    kill_at = kill_step, torn = half, fail_first = first, fail_count = count, fail_errno = error;
    log_fd = *log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    root_len = strlen(root);
}

long fault_steps(void) { return step; }

/* SQLite's -shm is memory: it is made again by whoever opens the database first. */
static int inside(const char *path) {
    size_t n = strlen(path);
    return root_len && !strncmp(path, root, root_len) && (n < 4 || strcmp(path + n - 4, "-shm"));
}

static int of_fd(int fd, char *path) {
    char name[64];
    if (!root_len) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, name, path, PATH_MAX - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return inside(path);
}

static void put(const void *data, size_t n) { syscall(SYS_write, log_fd, data, n); }

struct head { uint8_t op, pad[3]; uint32_t path, other; uint64_t at, size; } __attribute__((packed));

static void trace(char op, const char *path, const char *other, uint64_t at, const void *data, uint64_t size) {
    if (log_fd < 0) return;
    struct head h = {op, {0}, strlen(path), strlen(other), at, size};
    put(&h, sizeof h);
    put(path, h.path);
    put(other, h.other);
    if (data) put(data, size);
}

/* 0: go on; 1: kill here; -1: fail with errno set. Holds the lock until `done`. */
static int begin(char op) {
    pthread_mutex_lock(&lock);
    if (*kinds && !strchr(kinds, op)) return 0;
    step++;
    if (step == kill_at) return 1;
    if (fail_first && step >= fail_first && step < fail_first + fail_count) {
        errno = fail_errno;
        return -1;
    }
    return 0;
}

static void done(void) {
    int keep = errno;
    pthread_mutex_unlock(&lock);
    errno = keep;
}

static void die(void) { syscall(SYS_kill, syscall(SYS_getpid), SIGKILL); for (;;) pause(); }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define STEP(op, call, record)                                                                                         \
    ({                                                                                                                 \
        int what = begin(op);                                                                                          \
        if (what == 1) die();                                                                                          \
        long r = -1;                                                                                                   \
        if (what == 0) {                                                                                               \
            r = (call);                                                                                                \
            if (r >= 0) { record; }                                                                                    \
        }                                                                                                              \
        done();                                                                                                        \
        r;                                                                                                             \
    })

static ssize_t put_at(int fd, const void *data, size_t n, off_t at, const char *path) {
    int what = begin('W');
    if (what) {
        /* A write that ends early: the first half arrives. */
        if (torn && n > 1) syscall(SYS_pwrite64, fd, data, n / 2, at), trace('W', path, "", at, data, n / 2);
        if (what == 1) die();
        done();
        return -1;
    }
    ssize_t r = syscall(SYS_pwrite64, fd, data, n, at);
    if (r > 0) trace('W', path, "", at, data, r);
    done();
    return r;
}

ssize_t pwrite64(int fd, const void *data, size_t n, off_t at) {
    char path[PATH_MAX];
    return of_fd(fd, path) ? put_at(fd, data, n, at, path) : syscall(SYS_pwrite64, fd, data, n, at);
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return pwrite64(fd, data, n, at); }

ssize_t write(int fd, const void *data, size_t n) {
    char path[PATH_MAX];
    if (!of_fd(fd, path)) return syscall(SYS_write, fd, data, n);
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t r = put_at(fd, data, n, at, path);
    if (r > 0) lseek(fd, at + r, SEEK_SET);
    return r;
}

int fsync(int fd) {
    char path[PATH_MAX];
    if (!of_fd(fd, path)) return REAL(fsync)(fd);
    /* Nothing reaches the disk for real: the power cut is a simulated one, and the tests stay fast. */
    return STEP('S', 0, trace('S', path, "", 0, 0, 0));
}
int fdatasync(int fd) {
    char path[PATH_MAX];
    if (!of_fd(fd, path)) return REAL(fdatasync)(fd);
    return STEP('S', 0, trace('S', path, "", 0, 0, 0));
}

int ftruncate64(int fd, off_t size) {
    char path[PATH_MAX];
    if (!of_fd(fd, path)) return syscall(SYS_ftruncate, fd, size);
    return STEP('T', syscall(SYS_ftruncate, fd, size), trace('T', path, "", size, 0, 0));
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    if (!inside(to)) return REAL(rename)(from, to);
    return STEP('R', syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to), trace('R', from, to, 0, 0, 0));
}

int unlink(const char *path) {
    if (!inside(path)) return REAL(unlink)(path);
    return STEP('U', syscall(SYS_unlinkat, AT_FDCWD, path, 0), trace('U', path, "", 0, 0, 0));
}

int mkdir(const char *path, mode_t mode) {
    if (!inside(path)) return REAL(mkdir)(path, mode);
    return STEP('D', syscall(SYS_mkdirat, AT_FDCWD, path, mode), trace('D', path, "", 0, 0, 0));
}

static int open_it(int folder, const char *path, int flags, mode_t mode) {
    struct stat found;
    int there = !(flags & (O_CREAT | O_TRUNC)) || !inside(path) ? -1 : stat(path, &found) == 0;
    if (there < 0 || (there == 1 && !(flags & O_TRUNC))) return syscall(SYS_openat, folder, path, flags, mode);
    return STEP('C', syscall(SYS_openat, folder, path, flags, mode), trace(there ? 'T' : 'C', path, "", 0, 0, 0));
}

#define MODE(flags, mode) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list list; va_start(list, flags); mode = va_arg(list, int); va_end(list); }

int open64(const char *path, int flags, ...) { MODE(flags, mode) return open_it(AT_FDCWD, path, flags, mode); }
int open(const char *path, int flags, ...) { MODE(flags, mode) return open_it(AT_FDCWD, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_it(folder, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_it(folder, path, flags, mode); }
