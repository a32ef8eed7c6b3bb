#define _POSIX_C_SOURCE 200809L
#include "output.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool complain(const char *path, const char *what) {
  fprintf(stderr, "offramp: %s: %s: %s\n", path, what, strerror(errno));
  return false;
}

/* The folder that a file lies in; the caller frees it. */
static char *folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

static bool is_special(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 && !S_ISREG(s.st_mode); /* /dev/null, a pipe: written to in place */
}

bool output_possible(const char *path, bool force) {
  struct stat s;
  if (!path || is_special(path)) return true;
  if (stat(path, &s) == 0 && !force) {
    fprintf(stderr, "offramp: %s exists: choose another name, or --force to overwrite it\n", path);
    return false;
  }
  char *folder = folder_of(path);
  bool fine = folder && access(folder, W_OK | X_OK) == 0;
  if (!fine) complain(path, "cannot be written");
  free(folder);
  return fine;
}

static bool write_all(int file, const char *text, size_t size) {
  while (size > 0) {
    ssize_t n = write(file, text, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text += n;
    size -= (size_t)n;
  }
  return true;
}

static bool write_in_place(const char *path, const char *text, size_t size) {
  int file = path ? open(path, O_WRONLY) : STDOUT_FILENO;
  if (file < 0) return complain(path, "cannot be opened");
  bool done = write_all(file, text, size);
  if (!done && !(path == NULL && errno == EPIPE)) complain(path ? path : "standard output", "cannot be written");
  if (path && close(file) != 0 && done) done = complain(path, "cannot be written");
  return done;
}

static void sync_folder(const char *path) {
  char *folder = folder_of(path);
  int file = folder ? open(folder, O_RDONLY) : -1;
  if (file >= 0) {
    fsync(file);
    close(file);
  }
  free(folder);
}

bool output_write(const char *path, bool force, const char *text, size_t size) {
  if (!path || is_special(path)) return write_in_place(path, text, size);
  size_t length = strlen(path) + sizeof ".XXXXXX";
  char *beside = malloc(length);
  if (!beside) return complain(path, "cannot be written");
  snprintf(beside, length, "%s.XXXXXX", path);
  int file = mkstemp(beside);
  bool done = file >= 0 && write_all(file, text, size) && fchmod(file, 0644) == 0 && fsync(file) == 0;
  if (!done) complain(path, "cannot be written");
  if (file >= 0) close(file);
  /* link fails where the file has appeared meanwhile: nothing is overwritten that was not there to be */
  if (done && !force) done = link(beside, path) == 0 || complain(path, "cannot be made");
  else if (done) done = rename(beside, path) == 0 || complain(path, "cannot be replaced");
  if (file >= 0 && !(done && force)) unlink(beside);
  if (done) sync_folder(path);
  free(beside);
  return done;
}
