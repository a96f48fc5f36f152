// The first and only program of a truth guest: loads the modules that /tasks names, one after the
// other, and writes what the kernel answered into the kernel's own log, so that answer and log
// lines come out of the console in the order in which they happened.
//
// A line of /tasks:   ID HOW PATH...    all paths but the last are loaded first.
// HOW:                direct   finit_module(2) with the file as it is
//                     kmod     /bin/kmod as insmod, which decompresses in user space
// Lines that it says: @begin ID / @before ID ERRNO PATH / @load ID / @loaded ID ERRNO / @end ID
//                     @done after the last task, @stuck ID when a module cannot be unloaded.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int kernel_log = -1;

// Writes one record, which the kernel prints on its console.
static void say(const char *format, ...)
{
	char text[512];
	va_list rest;
	va_start(rest, format);
	vsnprintf(text, sizeof text, format, rest);
	va_end(rest);
	if (write(kernel_log, text, strlen(text)) < 0)
		abort();
}

static int load_direct(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	int failure = syscall(SYS_finit_module, file, "", 0) < 0 ? errno : 0;
	close(file);
	return failure;
}

// The exit status is all that kmod gives: 0 or, for any refusal, -1.
static int load_with_kmod(const char *path)
{
	pid_t child = fork();
	if (child == 0) {
		dup2(kernel_log, 2);
		execl("/bin/kmod", "insmod", path, (char *)NULL);
		_exit(127);
	}
	int status = 0;
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -128;
}

// Unloads every module that lets itself be unloaded; says whether none is left.
static int unload_all(void)
{
	for (int round = 0; round < 64; round++) {
		FILE *list = fopen("/proc/modules", "re");
		if (!list)
			return 0;
		char line[4096];
		int left = 0, gone = 0;
		while (fgets(line, sizeof line, list)) {
			left++;
			line[strcspn(line, " \n")] = 0;
			if (syscall(SYS_delete_module, line, O_NONBLOCK) == 0)
				gone++;
		}
		fclose(list);
		if (left == gone)
			return 1;
		if (gone == 0)
			return 0;
	}
	return 0;
}

// Runs one task; says whether the guest may go on.
static int run_task(char *line)
{
	char *rest = NULL;
	char *id = strtok_r(line, " ", &rest);
	char *how = strtok_r(NULL, " ", &rest);
	char *path = strtok_r(NULL, " ", &rest);
	if (!id || !how || !path)
		return 1;
	say("@begin %s", id);
	for (char *next; (next = strtok_r(NULL, " ", &rest)); path = next) {
		int failure = load_direct(path);
		if (failure)
			say("@before %s %d %s", id, failure, path);
	}
	say("@load %s", id);
	int answer = strcmp(how, "kmod") ? load_direct(path) : load_with_kmod(path);
	say("@loaded %s %d", id, answer);
	int unloaded = unload_all();
	say(unloaded ? "@end %s" : "@stuck %s", id);
	return unloaded;
}

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, "");
	mount("sysfs", "/sys", "sysfs", 0, "");
	mount("devtmpfs", "/dev", "devtmpfs", 0, "");
}

int main(void)
{
	mount_all();
	kernel_log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	FILE *tasks = fopen("/tasks", "re");
	char *line = NULL;
	size_t room = 0;
	int go_on = tasks != NULL;
	while (go_on && getline(&line, &room, tasks) > 0) {
		line[strcspn(line, "\n")] = 0;
		go_on = run_task(line);
	}
	if (go_on)
		say("@done");
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
