#define _XOPEN_SOURCE 700
#include "output.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../base/text.h"

bool output_complain(const char *path, const char *what) {
  const int why = errno;
  ofr_text name = {0};
  ofr_text_visible(&name, path);
  fprintf(stderr, "offramp: %s: %s: %s\n", ofr_text_chars(&name), what, strerror(why));
  ofr_text_free(&name);
  return false;
}

void output_begin(void) {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
    if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) break;
  signal(SIGXFSZ, SIG_IGN);
}

/* The folder that a file lies in; the caller frees it. */
static char *folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

bool output_possible(const char *path, bool force) {
  struct stat s;
  if (!path) return true;
  bool exists = stat(path, &s) == 0;
  if (exists && S_ISDIR(s.st_mode)) {
    fprintf(stderr, "offramp: %s is a folder: name a file in it\n", path);
    return false;
  }
  if (exists && !S_ISREG(s.st_mode)) /* /dev/null, a pipe: written to in place */
    return access(path, W_OK) == 0 || output_complain(path, "cannot be written");
  if (exists && !force) {
    fprintf(stderr, "offramp: %s exists: choose another name, or --force to overwrite it\n", path);
    return false;
  }
  char *folder = folder_of(path);
  bool fine = folder && access(folder, W_OK | X_OK) == 0;
  if (!fine) output_complain(path, "cannot be written");
  free(folder);
  return fine;
}

static bool write_all(int file, const char *text, size_t size) {
  while (size > 0) {
    ssize_t n = write(file, text, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text += n;
    size -= (size_t)n;
  }
  return true;
}

static bool write_in_place(const char *path, const char *text, size_t size) {
  int file = path ? open(path, O_WRONLY) : STDOUT_FILENO;
  if (file < 0) return output_complain(path, "cannot be opened");
  bool done = write_all(file, text, size);
  if (!done && !(path == NULL && errno == EPIPE)) output_complain(path ? path : "standard output", "cannot be written");
  if (path && close(file) != 0 && done) done = output_complain(path, "cannot be written");
  return done;
}

/* ---- a file that appears whole ---- */

static bool sync_folder(const char *folder) {
  int file = open(folder, O_RDONLY);
  if (file < 0) return false;
  bool done = fsync(file) == 0;
  close(file);
  return done;
}

/* What the file that is replaced allows, or what a new one would. */
static mode_t mode_for(const char *path) {
  struct stat s;
  if (stat(path, &s) == 0) return s.st_mode & 0777;
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* True when `path` did not exist, and now is the file. Where a file system has no hard links, the name is looked at first. */
static bool rename_to_new(const char *beside, const char *path) {
  struct stat s;
  if (link(beside, path) == 0) {
    unlink(beside);
    return true;
  }
  if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS && errno != EMLINK) return false;
  if (lstat(path, &s) == 0) {
    errno = EEXIST;
    return false;
  }
  return rename(beside, path) == 0;
}

static bool write_beside(const char *path, const char *folder, char *beside, bool force, const char *text, size_t size) {
  int file = mkstemp(beside);
  if (file < 0) return output_complain(path, "cannot be written");
  bool done = write_all(file, text, size) && fchmod(file, mode_for(path)) == 0 && fsync(file) == 0;
  if (!done) output_complain(path, "cannot be written");
  if (close(file) != 0 && done) done = output_complain(path, "cannot be written");
  if (done && !(force ? rename(beside, path) == 0 : rename_to_new(beside, path))) done = output_complain(path, "cannot be made");
  if (!done) unlink(beside);
  else sync_folder(folder);
  return done;
}

/* Through a link to what it points to, so that the link stays. */
static bool write_whole(const char *path, bool force, const char *text, size_t size) {
  char *real = realpath(path, NULL), *folder = folder_of(real ? real : path);
  size_t length = folder ? strlen(folder) + sizeof "/.offramp-XXXXXX" : 0;
  char *beside = length ? malloc(length) : NULL;
  bool done = false;
  if (beside) {
    snprintf(beside, length, "%s/.offramp-XXXXXX", folder);
    done = write_beside(real ? real : path, folder, beside, force, text, size);
  } else {
    output_complain(path, "cannot be written");
  }
  free(beside);
  free(folder);
  free(real);
  return done;
}

bool output_write(const char *path, bool force, const char *text, size_t size) {
  struct stat s;
  if (!path || (stat(path, &s) == 0 && !S_ISREG(s.st_mode))) return write_in_place(path, text, size);
  /* no signal may end the program while a file is there that is not yet the result */
  sigset_t ends, before;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGHUP);
  sigprocmask(SIG_BLOCK, &ends, &before);
  bool done = write_whole(path, force, text, size);
  sigprocmask(SIG_SETMASK, &before, NULL);
  return done;
}

bool output_flush(void) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return true;
  return output_complain("standard output", "cannot be written");
}
