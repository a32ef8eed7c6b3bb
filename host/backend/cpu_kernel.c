#define _GNU_SOURCE
#include "cpu_kernel.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../base/sha256.h"
#include "../plan/image.h"
#include "kernel_cache.h"

extern const char ofr_kernel_text_c[], ofr_bound_kernel_text_c[]; /* device/path.c, device/bound.c: cmake/embed.cmake */
const ofr_cpu_text ofr_cpu_path_text = {ofr_kernel_text_c, "ofr_path_compiled"};
const ofr_cpu_text ofr_cpu_bound_text = {ofr_bound_kernel_text_c, "ofr_bound_compiled"};
extern char **environ;

enum { MOST_SECONDS = 60, MOST_KERNEL = 64 << 20, MOST_FLAGS = 24 };

/* What every table begins with. */
typedef struct version_head { const char *name; int lanes; } version_head;

/* As it was asked for, and the file that it is. */
typedef struct compiler { const char *name; char path[PATH_MAX]; struct stat about; } compiler;

struct ofr_cpu_kernel {
  void *library;
  int fd;                  /* of its memory: open as long as it is loaded, for libraries are told apart by their files' names */
  const void *table;
  char name[64], key[65];
};

/* ---- the compiler ---- */

static bool is_program(const char *path, compiler *c) {
  return realpath(path, c->path) && stat(c->path, &c->about) == 0 && S_ISREG(c->about.st_mode) && access(c->path, X_OK) == 0;
}

/* Along PATH, as a shell would. */
static bool find_program(const char *name, compiler *c) {
  const char *at = getenv("PATH");
  char path[PATH_MAX];
  c->name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
  if (strchr(name, '/')) return is_program(name, c);
  while (at && *at) {
    size_t length = strcspn(at, ":");
    int size = snprintf(path, sizeof path, "%.*s/%s", (int)length, at, name);
    if (length > 0 && size > 0 && (size_t)size < sizeof path && is_program(path, c)) return true;
    at += length + (at[length] == ':');
  }
  return false;
}

/* OFFRAMP_CC, else the first of those that make the fastest code. */
static bool find_compiler(compiler *c) {
  static const char *const names[] = {"clang", "gcc", "cc"};
  const char *wanted = getenv("OFFRAMP_CC");
  if (wanted && *wanted) return find_program(wanted, c);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (find_program(names[i], c)) return true;
  return false;
}

/* Never fast-math: the same bits or nothing. Ends with NULL. */
static void flags_of(const ofr_path_version *like, const char *flags[MOST_FLAGS]) {
  static const char *const all[] = {"-std=c17", "-O3", "-w", "-fPIC", "-shared", "-ffp-contract=off", "-fno-math-errno",
                                    "-fno-trapping-math", "-DNDEBUG", "-DOFR_ISA=compiled", "-DCONSTANT=static const", "-x", "c"};
  int n = 0;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) flags[n++] = all[i];
  if (!strcmp(like->name, "x86_64_v4")) flags[n++] = "-march=x86-64-v4";
  if (!strcmp(like->name, "x86_64_v3")) flags[n++] = "-march=x86-64-v3";
  flags[n] = NULL;
}

/* All that a kernel depends on. */
static void key_of(const compiler *c, const char *const *flags, const char *shape, const char *text, char key[65]) {
  ofr_sha256 hash = ofr_sha256_init();
  const char *texts[] = {shape, text, c->path};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) ofr_sha256_add(&hash, texts[i], strlen(texts[i]) + 1);
  for (; *flags; flags++) ofr_sha256_add(&hash, *flags, strlen(*flags) + 1);
  ofr_sha256_add_u64(&hash, (uint64_t)c->about.st_size);
  ofr_sha256_add_u64(&hash, (uint64_t)c->about.st_mtim.tv_sec);
  ofr_sha256_finish(&hash, key);
}

/* ---- compiling ---- */

static bool write_source(const char *path, const char *shape, const char *text) {
  FILE *file = fopen(path, "w");
  if (!file) return false;
  bool written = fputs(shape, file) >= 0 && fputs(text, file) >= 0;
  return (fclose(file) == 0) & written;
}

static bool stopped(const ofr_open_options *o) { return o->stop && *o->stop; }

/* Waits for the child, but not for ever, and not beyond an interrupt. */
static bool wait_for(pid_t child, const ofr_open_options *o) {
  const struct timespec nap = {0, 5000000};
  int status;
  for (long naps = 0; naps < MOST_SECONDS * 200L && !stopped(o); naps++) {
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (ended < 0 && errno != EINTR) return false;
    nanosleep(&nap, NULL);
  }
  kill(-child, SIGKILL);
  waitpid(child, &status, 0);
  return false;
}

/* In a process group of its own, so that what it starts ends with it; what it says is not for our user. */
static bool run_compiler(const compiler *c, const char *const *flags, const char *source, const char *out,
                         const ofr_open_options *o) {
  const char *words[MOST_FLAGS + 8];
  int n = 0;
  words[n++] = c->path;
  for (; *flags; flags++) words[n++] = *flags;
  words[n++] = source;
  words[n++] = "-o";
  words[n++] = out;
  words[n++] = "-lm";
  words[n] = NULL;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  pid_t child;
  if (posix_spawn_file_actions_init(&files)) return false;
  if (posix_spawnattr_init(&how)) {
    posix_spawn_file_actions_destroy(&files);
    return false;
  }
  bool ready = true;
  for (int fd = 0; fd <= 2; fd++) ready &= posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0) == 0;
  ready &= posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP) == 0 && posix_spawnattr_setpgroup(&how, 0) == 0;
  ready = ready && posix_spawn(&child, c->path, &files, &how, (char *const *)words, environ) == 0;
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  return ready && wait_for(child, o);
}

static unsigned char *read_whole(const char *path, size_t *size) {
  struct stat about;
  unsigned char *bytes = NULL;
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  if (fstat(fileno(file), &about) == 0 && about.st_size > 0 && about.st_size <= MOST_KERNEL) {
    *size = (size_t)about.st_size;
    bytes = malloc(*size);
  }
  if (bytes && fread(bytes, *size, 1, file) != 1) {
    free(bytes);
    bytes = NULL;
  }
  fclose(file);
  return bytes;
}

static unsigned char *compile(const compiler *c, const char *const *flags, const char *shape, const char *text,
                              const ofr_open_options *o, size_t *size) {
  const char *temporary = getenv("TMPDIR");
  char folder[PATH_MAX], source[PATH_MAX + 16], out[PATH_MAX + 16];
  unsigned char *bytes = NULL;
  if (snprintf(folder, sizeof folder, "%s/offramp-XXXXXX", temporary && *temporary ? temporary : "/tmp") >= (int)sizeof folder ||
      !mkdtemp(folder)) return NULL;
  snprintf(source, sizeof source, "%s/path.c", folder);
  snprintf(out, sizeof out, "%s/path.so", folder);
  if (o->say) o->say(o->say_context, "compiling kernels (first run)");
  if (write_source(source, shape, text) && run_compiler(c, flags, source, out, o)) bytes = read_whole(out, size);
  unlink(source);
  unlink(out);
  rmdir(folder);
  return bytes;
}

/* ---- loading ---- */

/* From memory, so that what was proved whole is what runs. */
static void *load(const unsigned char *bytes, size_t size, int *fd_of) {
  char path[64];
  size_t written = 0;
  int fd = memfd_create("offramp-kernel", MFD_CLOEXEC);
  if (fd < 0) return NULL;
  while (written < size) {
    ssize_t n = write(fd, bytes + written, size - written);
    if (n <= 0) break;
    written += (size_t)n;
  }
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  void *library = written == size ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  *fd_of = library ? fd : -1;
  if (!library) close(fd);
  return library;
}

static void close_kernel(ofr_cpu_kernel *kernel) {
  if (!kernel) return;
  if (kernel->library) {
    dlclose(kernel->library);
    close(kernel->fd);
  }
  free(kernel);
}

static ofr_cpu_kernel *open_bytes(const unsigned char *bytes, size_t size, const compiler *c, const char *key, const char *table,
                                  const ofr_path_version *like) {
  ofr_cpu_kernel *kernel = calloc(1, sizeof *kernel);
  if (!kernel) return NULL;
  kernel->library = load(bytes, size, &kernel->fd);
  kernel->table = kernel->library ? dlsym(kernel->library, table) : NULL;
  const version_head *head = kernel->table;
  if (!head || head->lanes != like->lanes) {
    close_kernel(kernel);
    return NULL;
  }
  snprintf(kernel->name, sizeof kernel->name, "%s", c->name);
  snprintf(kernel->key, sizeof kernel->key, "%s", key);
  return kernel;
}

static ofr_cpu_kernel *open_kernel(const ofr_open_options *options, const ofr_cpu_text *text, const char *shape,
                                   const ofr_path_version *like, bool may_compile, const char **why_not) {
  const char *flags[MOST_FLAGS];
  char key[65];
  compiler c;
  unsigned char *bytes;
  size_t size;
  ofr_cpu_kernel *kernel = NULL;
  if (!find_compiler(&c)) {
    *why_not = "there is no C compiler: install clang or gcc, or name one in OFFRAMP_CC";
    return NULL;
  }
  flags_of(like, flags);
  key_of(&c, flags, shape, text->text, key);
  if (options->cache && ofr_kernel_cache_get(options->cache, key, &bytes, &size)) {
    kernel = open_bytes(bytes, size, &c, key, text->table, like);
    free(bytes);
  }
  if (kernel || !may_compile) return kernel;
  bytes = compile(&c, flags, shape, text->text, options, &size);
  kernel = bytes ? open_bytes(bytes, size, &c, key, text->table, like) : NULL;
  if (kernel && options->cache) ofr_kernel_cache_put(options->cache, key, bytes, size);
  free(bytes);
  if (!kernel) *why_not = "the C compiler could not build it: try another in OFFRAMP_CC";
  return kernel;
}

void ofr_cpu_choice_free(ofr_cpu_choice *choice) {
  close_kernel(choice->kernel);
  free(choice->shape);
  *choice = (ofr_cpu_choice){0};
}

const char *ofr_cpu_choose(ofr_cpu_choice *choice, const ofr_open_options *options, const ofr_cpu_text *text,
                           const ofr_image *image, const ofr_path_version *like, bool pays) {
  const char *wanted = options->kernel ? options->kernel : "auto", *why_not = "out of memory: close other programs";
  bool must = !strcmp(wanted, "compiled"), compile = must || pays;
  char *shape = strcmp(wanted, "own") ? ofr_image_shape_text(image) : NULL;
  if (shape && choice->shape && !strcmp(shape, choice->shape) && (choice->kernel || choice->tried >= compile)) {
    free(shape);
    return NULL;
  }
  ofr_cpu_choice_free(choice);
  *choice = (ofr_cpu_choice){.shape = shape, .tried = compile};
  if (shape) choice->kernel = open_kernel(options, text, shape, like, compile, &why_not);
  return must && !choice->kernel ? why_not : NULL;
}

const void *ofr_cpu_kernel_table(const ofr_cpu_kernel *kernel) { return kernel->table; }
const char *ofr_cpu_kernel_compiler(const ofr_cpu_kernel *kernel) { return kernel->name; }
const char *ofr_cpu_kernel_key(const ofr_cpu_kernel *kernel) { return kernel->key; }
