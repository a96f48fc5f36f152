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
	set +e
	(
		exec 3>&-
		set -e
		"$@"
	)
	step_status=$?
	if [ "$step_status" -eq 0 ]; then
		tell pass ''
		return 0
	fi
	tell fail "exit status $step_status"
	exit 1
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

# find_module NAME: true when the kernel has loaded this module; its line of /proc/modules is then
# in $module_line. Needs no program of the image.
find_module() {
	module_name=$1
	while [ "$module_name" != "${module_name%%-*}" ]; do
		module_name=${module_name%%-*}_${module_name#*-}
	done
	while read -r module_line; do
		[ "${module_line%% *}" != "$module_name" ] || return 0
	done </proc/modules
	module_line=
	return 1
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
