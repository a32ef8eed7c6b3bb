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

/* A kernel that the compiler is at. */
struct ofr_cpu_build {
  pid_t child;
  struct timespec began;
  char folder[PATH_MAX], source[PATH_MAX + 16], out[PATH_MAX + 16];
  char compiler[64], key[65];
};

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

/* OFFRAMP_CC, else the first of those that make the fastest code. NULL, or why there is none. */
static const char *find_compiler(compiler *c) {
  static const char *const names[] = {"clang", "gcc", "cc"};
  const char *wanted = getenv("OFFRAMP_CC");
  if (wanted && *wanted)
    return find_program(wanted, c) ? NULL : "OFFRAMP_CC names no program that is there: correct it, or leave it out";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (find_program(names[i], c)) return NULL;
  return "there is no C compiler: install clang or gcc, or name one in OFFRAMP_CC";
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

/* In a process group of its own, so that what it starts ends with it; what it says is not for our user. */
static bool start_compiler(const compiler *c, const char *const *flags, ofr_cpu_build *b) {
  const char *words[MOST_FLAGS + 8];
  int n = 0;
  words[n++] = c->path;
  for (; *flags; flags++) words[n++] = *flags;
  words[n++] = b->source;
  words[n++] = "-o";
  words[n++] = b->out;
  words[n++] = "-lm";
  words[n] = NULL;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  if (posix_spawn_file_actions_init(&files)) return false;
  if (posix_spawnattr_init(&how)) {
    posix_spawn_file_actions_destroy(&files);
    return false;
  }
  bool ready = true;
  for (int fd = 0; fd <= 2; fd++) ready &= posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0) == 0;
  ready &= posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP) == 0 && posix_spawnattr_setpgroup(&how, 0) == 0;
  ready = ready && posix_spawn(&b->child, c->path, &files, &how, (char *const *)words, environ) == 0;
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  return ready;
}

/* Stops the compiler where it is still at work, and leaves nothing of it behind. */
static void end_build(ofr_cpu_build *b) {
  if (!b) return;
  if (b->child > 0) {
    kill(-b->child, SIGKILL);
    waitpid(b->child, NULL, 0);
  }
  unlink(b->source);
  unlink(b->out);
  rmdir(b->folder);
  free(b);
}

/* NULL where that fails. */
static ofr_cpu_build *begin_build(const compiler *c, const char *const *flags, const char *shape, const char *text,
                                  const char *key) {
  const char *temporary = getenv("TMPDIR");
  ofr_cpu_build *b = calloc(1, sizeof *b);
  if (!b) return NULL;
  if (snprintf(b->folder, sizeof b->folder, "%s/offramp-XXXXXX", temporary && *temporary ? temporary : "/tmp") >=
          (int)sizeof b->folder || !mkdtemp(b->folder)) {
    free(b);
    return NULL;
  }
  snprintf(b->source, sizeof b->source, "%s/path.c", b->folder);
  snprintf(b->out, sizeof b->out, "%s/path.so", b->folder);
  snprintf(b->compiler, sizeof b->compiler, "%s", c->name);
  snprintf(b->key, sizeof b->key, "%s", key);
  clock_gettime(CLOCK_MONOTONIC, &b->began);
  if (write_source(b->source, shape, text) && start_compiler(c, flags, b)) return b;
  end_build(b);
  return NULL;
}

typedef enum progress { UNDER_WAY, BUILT, FAILED } progress;

/* Does not wait. No compiler gets for ever. */
static progress look_after(ofr_cpu_build *b) {
  struct timespec now;
  int status;
  pid_t ended = waitpid(b->child, &status, WNOHANG);
  if (ended == b->child || (ended < 0 && errno != EINTR)) b->child = 0;
  if (ended == 0 || b->child) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - b->began.tv_sec < MOST_SECONDS ? UNDER_WAY : FAILED;
  }
  return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? BUILT : FAILED;
}

/* But not beyond an interrupt. */
static progress wait_for(ofr_cpu_build *b, const ofr_open_options *o) {
  const struct timespec nap = {0, 5000000};
  progress p;
  while ((p = look_after(b)) == UNDER_WAY && !(o->stop && *o->stop)) nanosleep(&nap, NULL);
  return p;
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

static ofr_cpu_kernel *open_bytes(const unsigned char *bytes, size_t size, const char *compiler, const char *key,
                                  const char *table, const ofr_path_version *like) {
  ofr_cpu_kernel *kernel = calloc(1, sizeof *kernel);
  if (!kernel) return NULL;
  kernel->library = load(bytes, size, &kernel->fd);
  kernel->table = kernel->library ? dlsym(kernel->library, table) : NULL;
  const version_head *head = kernel->table;
  if (!head || head->lanes != like->lanes) {
    close_kernel(kernel);
    return NULL;
  }
  snprintf(kernel->name, sizeof kernel->name, "%s", compiler);
  snprintf(kernel->key, sizeof kernel->key, "%s", key);
  return kernel;
}

/* Takes what was built into use, and into the cache. */
static ofr_cpu_kernel *open_built(const ofr_cpu_build *b, const ofr_open_options *options, const ofr_cpu_text *text,
                                  const ofr_path_version *like) {
  size_t size;
  unsigned char *bytes = read_whole(b->out, &size);
  ofr_cpu_kernel *kernel = bytes ? open_bytes(bytes, size, b->compiler, b->key, text->table, like) : NULL;
  if (kernel && options->cache) ofr_kernel_cache_put(options->cache, b->key, bytes, size);
  free(bytes);
  return kernel;
}

static ofr_cpu_kernel *open_kept(const ofr_open_options *options, const compiler *c, const char *key, const char *table,
                                 const ofr_path_version *like) {
  unsigned char *bytes;
  size_t size;
  if (!options->cache || !ofr_kernel_cache_get(options->cache, key, &bytes, &size)) return NULL;
  ofr_cpu_kernel *kernel = open_bytes(bytes, size, c->name, key, table, like);
  free(bytes);
  return kernel;
}

/* From the cache, else from the compiler: waited for where there `must` be one, else a build under way. */
static const char *open_kernel(ofr_cpu_choice *choice, const ofr_open_options *options, const ofr_cpu_text *text,
                               const ofr_path_version *like, bool must) {
  const char *flags[MOST_FLAGS];
  char key[65];
  compiler c;
  const char *why = find_compiler(&c);
  if (why) return why;
  flags_of(like, flags);
  key_of(&c, flags, choice->shape, text->text, key);
  choice->kernel = open_kept(options, &c, key, text->table, like);
  if (choice->kernel || !choice->tried) return NULL;
  choice->build = begin_build(&c, flags, choice->shape, text->text, key);
  if (!must) return NULL;
  if (options->say) options->say(options->say_context, "compiling kernels (first run)");
  if (choice->build && wait_for(choice->build, options) == BUILT)
    choice->kernel = open_built(choice->build, options, text, like);
  end_build(choice->build);
  choice->build = NULL;
  return choice->kernel ? NULL : "the C compiler could not build it: try another in OFFRAMP_CC";
}

void ofr_cpu_choice_free(ofr_cpu_choice *choice) {
  end_build(choice->build);
  close_kernel(choice->kernel);
  free(choice->shape);
  *choice = (ofr_cpu_choice){0};
}

const char *ofr_cpu_choose(ofr_cpu_choice *choice, const ofr_open_options *options, const ofr_cpu_text *text,
                           const ofr_image *image, const ofr_path_version *like, bool pays) {
  const char *wanted = options->kernel ? options->kernel : "auto", *why_not = NULL;
  bool must = !strcmp(wanted, "compiled"), compile = must || pays;
  if (!strcmp(wanted, "own")) return NULL;
  char *shape = ofr_image_shape_text(image);
  if (shape && choice->shape && !strcmp(shape, choice->shape) && (choice->kernel || choice->tried >= compile)) {
    free(shape);
    return NULL;
  }
  ofr_cpu_choice_free(choice);
  *choice = (ofr_cpu_choice){.shape = shape, .tried = compile};
  why_not = shape ? open_kernel(choice, options, text, like, must) : "out of memory: close other programs";
  return must ? why_not : NULL;
}

bool ofr_cpu_choice_ripens(ofr_cpu_choice *choice, const ofr_open_options *options, const ofr_cpu_text *text,
                           const ofr_path_version *like) {
  const progress p = choice->build ? look_after(choice->build) : UNDER_WAY;
  if (p == UNDER_WAY) return false;
  if (p == BUILT) choice->kernel = open_built(choice->build, options, text, like);
  end_build(choice->build);
  choice->build = NULL;
  return choice->kernel != NULL;
}

const void *ofr_cpu_kernel_table(const ofr_cpu_kernel *kernel) { return kernel->table; }
const char *ofr_cpu_kernel_compiler(const ofr_cpu_kernel *kernel) { return kernel->name; }
const char *ofr_cpu_kernel_key(const ofr_cpu_kernel *kernel) { return kernel->key; }
