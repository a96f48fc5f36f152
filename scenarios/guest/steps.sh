# Functions for scenarios, in plain POSIX shell. Standard output and standard error of a scenario
# go into the kept console; descriptor 3 is the verdict channel and not for anybody else.
# In a scenario $MODULES holds the modules to look at and $DISKS the spare disks.

# step NAME COMMAND…: runs a command or function as one step of the proof. It passes with exit
# status 0. A failed step ends the scenario. The command runs in a subshell with `set -e`: what
# it sets is gone afterwards.
step() {
	step_name=$1
	shift
	tell started ''
	attempt "$@"
	[ "$step_status" -eq 0 ] || give_up
	tell pass ''
}

# load_module NAME: the step "load NAME", which loads a module with all that it needs. One whose
# own init answers that there is no device for it has passed: the kernel has taken it and found
# all that it uses, and the step says so. One that needs such a module cannot be tried here and
# is skipped. Any other answer is a failure.
load_module() {
	step_name="load $1"
	tell started ''
	attempt insert_module "$1"
	if [ "$step_status" -eq 0 ]; then
		tell pass ''
	elif find_answer "$1"; then
		tell pass "its init answered $answer: the kernel took it and has no device for it here"
	elif find_lacking "$1"; then
		tell skip "it needs $lacking, whose init answered $answer: there is no device for that here"
	else
		give_up
	fi
}

# skip NAME REASON: says that a step is left out, and why.
skip() {
	step_name=$1
	tell skip "$2"
}

# fail REASON: says why the current step fails, and fails it.
fail() {
	echo "$1" >&2
	exit 1
}

# attempt COMMAND…: runs it in a subshell with `set -e`; its exit status is then in $step_status.
attempt() {
	set +e
	(
		exec 3>&-
		set -e
		"$@"
	)
	step_status=$?
}

# give_up: the current step has failed, and with it the scenario.
give_up() {
	tell fail "exit status $step_status"
	exit 1
}

insert_module() {
	modprobe -v "$1"
	find_module "$1" || [ -d "/sys/module/$module_name" ] || fail "$1 is not there after modprobe"
}

# find_answer NAME: true when the last time that the kernel ran the init of this module the answer
# was ENODEV or ENXIO, which is then in $answer. What programs print is not asked: the guest's
# kernel is told to say what each init returned (initcall_debug, kernel-parameters).
find_answer() {
	find_module "$1" && return 1
	answer=$(kernel_log | box sed -n \
		"s/^.*\\] initcall .* \\[$module_name\\] returned \\(-*[0-9]*\\) .*$/\\1/p" | box tail -n 1)
	case $answer in
	-6) answer=ENXIO ;;
	-19) answer=ENODEV ;;
	*) return 1 ;;
	esac
}

kernel_log() {
	box dmesg
}

# box APPLET…: an applet of lockstep's own busybox; thousands of lines are too many for a shell.
box() {
	/run/lockstep/busybox "$@"
}

# find_lacking NAME: true when a module that this one needs, by the kernel's modules.dep, is not
# there for want of a device; its name is then in $lacking.
find_lacking() {
	kernel_name "$1"
	file_name=$(echo "$module_name" | box sed 's/_/[-_]/g')
	for needed in $(modules_dep | box sed -n "s,^\\(.*/\\)*$file_name\\.ko[.a-z]*:,,p"); do
		needed=${needed##*/}
		kernel_name "${needed%%.ko*}"
		lacking=$module_name
		! find_answer "$lacking" || return 0
	done
	return 1
}

modules_dep() {
	read -r release </proc/sys/kernel/osrelease
	box cat "/lib/modules/$release/modules.dep"
}

# find_module NAME: true when the kernel has loaded this module; its line of /proc/modules is then
# in $module_line. Needs no program of the image.
find_module() {
	kernel_name "$1"
	while read -r module_line; do
		[ "${module_line%% *}" != "$module_name" ] || return 0
	done </proc/modules
	module_line=
	return 1
}

# kernel_name NAME: sets $module_name to the name with `_` for each `-`, as the kernel has it.
kernel_name() {
	module_name=$1
	while [ "$module_name" != "${module_name%%-*}" ]; do
		module_name=${module_name%%-*}_${module_name#*-}
	done
}

# tell STATUS MESSAGE: one line on the verdict channel, and one between the printed ones.
tell() {
	read -r tell_uptime tell_rest </proc/uptime
	tell_safe "$step_name"
	tell_step=$tell_text
	tell_safe "$2"
	case $1 in
	started) echo "# step: $step_name" ;;
	*) echo "# $1: $step_name" ;;
	esac
	printf '{"event":"step","step":"%s","status":"%s","message":"%s","uptime":%s}\n' \
		"$tell_step" "$1" "$tell_text" "$tell_uptime" >&3
}

# Sets $tell_text to the text as it may stand in a JSON string.
tell_safe() {
	tell_text=$1
	case $1 in
	*[\\\"]* | *[[:cntrl:]]*)
		tell_text=$(printf '%s' "$1" | /run/lockstep/busybox tr '\000-\037\177' ' ' |
			/run/lockstep/busybox sed 's/[\\"]/\\&/g')
		;;
	esac
}
